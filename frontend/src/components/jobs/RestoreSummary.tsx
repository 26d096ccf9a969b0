import { Group, Stack, Text } from '@mantine/core'

import { hasEnded } from '../../api/job-events'
import type { Job } from '../../api/types'
import { StateMark } from '../../ui/StateMark'
import { formatBytes } from '../../util/sizes'
import { countWords } from './restore-words'
import { RestoredItems } from './RestoredItems'
import { GuardNote } from './RestoreOutcome'
import { UndoRestore } from './UndoRestore'

/** A restore on its job's page: how many, the way back, every entry. */
export function RestoreSummary({ job }: { job: Job }) {
  const { id, result } = job
  if (result == null) return null
  const { tone, words } = countWords(result)
  return (
    <Stack gap="md">
      <div>
        <StateMark tone={tone}>{words}</StateMark>
        <Text size="sm" c="dimmed">
          {formatBytes(result.bytes)} of content
        </Text>
      </div>
      <GuardNote guard={result.guard_snapshot} />
      {hasEnded(job) ? (
        <>
          <Group>
            <UndoRestore jobId={id} result={result} />
          </Group>
          <RestoredItems jobId={id} result={result} />
        </>
      ) : null}
    </Stack>
  )
}
