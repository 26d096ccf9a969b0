import { Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'

import { hasEnded } from '../../api/job-events'
import { jobQuery } from '../../api/queries'
import { usePollInterval } from '../../api/use-events'
import { CancelJobButton } from '../jobs/CancelJobButton'
import { JobProgress } from '../jobs/JobProgress'

/** The job that indexes a dataset: how far, how fast, how long yet. */
export function RunningIndex({ jobId }: { jobId: string }) {
  const interval = usePollInterval()
  const { data: job } = useQuery({
    ...jobQuery(jobId),
    refetchInterval: ({ state }) => (state.data && hasEnded(state.data) ? false : interval),
  })
  if (job === undefined) return null
  return (
    <Stack gap={6} align="stretch">
      <JobProgress job={job} />
      {hasEnded(job) ? null : (
        <div>
          <CancelJobButton job={job} compact />
        </div>
      )}
    </Stack>
  )
}
