import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useState } from 'react'

import { Empty } from '../../ui/Empty'
import { usePhone } from '../../ui/use-phone'
import { plural } from '../../util/sizes'
import { GroupLine } from './GroupLine'
import { groupKey, MOST_GROUPS, type RestoreGroup } from './restore-groups'
import { RestoreManyForm } from './RestoreManyForm'
import { RestoreRun } from './RestoreRun'

type Started = { group: RestoreGroup; jobId: string }

/** Files of several datasets or moments: one choice for all, a plan and a job for each dataset and moment. */
export function RestoreManyDialog({ groups, onClose }: { groups: RestoreGroup[]; onClose: () => void }) {
  const [started, setStarted] = useState<Started[]>([])
  const phone = usePhone()
  const left = groups.filter((group) => !started.some((one) => groupKey(one.group) === groupKey(group)))
  const files = groups.reduce((sum, { paths }) => sum + paths.length, 0)
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Restore ${plural(files, 'item')}`}
      size="lg"
      fullScreen={phone}
      closeButtonProps={{ 'aria-label': 'Close' }}
      closeOnClickOutside={false}
    >
      {groups.length > MOST_GROUPS ? (
        <Empty title={`These are of ${groups.length} moments`}>
          At most {MOST_GROUPS} can be restored together: there is a plan to read for each. Select fewer, or
          filter by a snapshot with at: first.
        </Empty>
      ) : (
        <Stack gap="lg">
          {started.map(({ group, jobId }) => (
            <section key={jobId} aria-label={`Restore from ${group.dataset}@${group.from.tag}`}>
              <GroupLine group={group} />
              <RestoreRun jobId={jobId} onClose={onClose} oneOfMany />
            </section>
          ))}
          {started.length > 0 && left.length > 0 ? (
            <Text size="sm" fw={600}>
              Not started yet
            </Text>
          ) : null}
          {left.length > 0 ? (
            <RestoreManyForm
              groups={left}
              onStarted={(group, job) => setStarted((before) => [...before, { group, jobId: job.id }])}
            />
          ) : (
            <Group justify="flex-end">
              <Button onClick={onClose}>Done</Button>
            </Group>
          )}
        </Stack>
      )}
    </Modal>
  )
}
