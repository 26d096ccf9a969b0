import { Group, Progress, Text } from '@mantine/core'

import { hasEnded } from '../../api/job-events'
import type { Job } from '../../api/types'
import { jobPercent, progressText } from '../../util/jobs'
import { JobStateMark } from './JobStateMark'

/** A job's state, and while it runs how far it is. */
export function JobProgress({ job }: { job: Job }) {
  const percent = jobPercent(job)
  return (
    <div>
      <Group justify="space-between" gap="xs">
        {/* The numbers change too often to be read out; who wants them finds them at the bar. */}
        <span role="status" style={{ display: 'inline-flex' }}>
          <JobStateMark job={job} />
        </span>
        <Text size="sm" c="dimmed" className="tabular">
          {hasEnded(job) ? '' : progressText(job)}
        </Text>
      </Group>
      {hasEnded(job) ? null : (
        <Progress.Root mt={6} transitionDuration={0}>
          <Progress.Section
            value={percent ?? 100}
            striped={percent === null}
            animated={percent === null}
            aria-label={`Progress of ${job.title}`}
            aria-valuetext={progressText(job)}
          />
        </Progress.Root>
      )}
      {job.progress?.message == null || hasEnded(job) ? null : (
        <Text size="sm" c="dimmed" mt={4}>
          {job.progress.message}
        </Text>
      )}
    </div>
  )
}
