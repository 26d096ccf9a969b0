import { Group, Text } from '@mantine/core'
import { IconClock, IconPlayerPlay } from '@tabler/icons-react'

import type { Job } from '../../api/types'
import { StateMark } from '../../ui/StateMark'
import { jobState } from '../../util/jobs'

/** A job's state as a sign and a word. */
export function JobStateMark({ job }: { job: Job }) {
  const { tone, word } = jobState(job)
  if (tone !== null) return <StateMark tone={tone}>{word}</StateMark>
  const Icon = job.state === 'enqueued' ? IconClock : IconPlayerPlay
  return (
    <Group gap={6} wrap="nowrap" component="span" display="inline-flex">
      <Icon size={16} stroke={1.6} color="var(--mantine-color-dimmed)" aria-hidden />
      <Text span size="sm">
        {word}
      </Text>
    </Group>
  )
}
