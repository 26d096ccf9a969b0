import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useState } from 'react'

import type { Job } from '../../api/types'
import { Empty } from '../../ui/Empty'
import { usePhone } from '../../ui/use-phone'
import { GroupLine } from './GroupLine'
import { groupKey, MOST_GROUPS, type RestoreGroup } from './restore-groups'
import { restoreTitle } from './restore-label'
import { RestoreForm } from './RestoreForm'
import { RestoreRun } from './RestoreRun'

type Props = {
  groups: RestoreGroup[]
  onClose: () => void
  /** All of a group is back. */
  onRestored?: (group: RestoreGroup) => void
}

type Started = { group: RestoreGroup; jobId: string }

/** From when, to where, what if something is there; the plans; then the jobs in the same place. */
export function RestoreDialog({ groups, onClose, onRestored }: Props) {
  const [started, setStarted] = useState<Started[]>([])
  const [ended, setEnded] = useState<ReadonlySet<string>>(new Set())
  const phone = usePhone()
  const left = groups.filter((group) => !started.some((one) => groupKey(one.group) === groupKey(group)))
  const start = (group: RestoreGroup, job: Job) =>
    setStarted((before) => [...before, { group, jobId: job.id }])
  const end = (group: RestoreGroup, job: Job) => {
    if (ended.has(job.id)) return
    setEnded((before) => new Set([...before, job.id]))
    if (job.state === 'succeeded' && (job.result?.failed ?? 0) === 0) onRestored?.(group)
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={restoreTitle(groups)}
      size={680}
      fullScreen={phone}
      closeButtonProps={{ 'aria-label': 'Close' }}
      // A slip beside the dialog must not throw away what was chosen.
      closeOnClickOutside={false}
    >
      {groups.length > MOST_GROUPS ? (
        <Empty title={`These are of ${groups.length} moments`}>
          At most {MOST_GROUPS} can be restored together: there is a plan to read for each. Gather fewer, or
          take them from the same snapshot.
        </Empty>
      ) : (
        <Stack gap="lg">
          {started.map(({ group, jobId }) => (
            <section key={jobId} aria-label={`Restore from ${group.dataset}@${group.from.tag}`}>
              {groups.length === 1 ? null : <GroupLine group={group} counted />}
              <RestoreRun jobId={jobId} onLeave={onClose} onEnded={(job) => end(group, job)} />
            </section>
          ))}
          {started.length > 0 && left.length > 0 ? (
            <Text size="sm" fw={600}>
              Not started yet
            </Text>
          ) : null}
          {left.length > 0 ? (
            <RestoreForm groups={left} onStarted={start} />
          ) : ended.size < started.length ? (
            <Text size="sm" c="dimmed">
              This may be closed: the restore goes on, and is found again under Activity.
            </Text>
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
