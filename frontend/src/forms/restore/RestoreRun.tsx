import { Button, Group, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'

import { hasEnded } from '../../api/job-events'
import { jobQuery } from '../../api/queries'
import { usePollInterval } from '../../api/use-events'
import { CancelJobButton } from '../../components/jobs/CancelJobButton'
import { JobProgress } from '../../components/jobs/JobProgress'
import { RestoreOutcome } from '../../components/jobs/RestoreOutcome'
import { ErrorNote } from '../../ui/ErrorNote'
import { Loading } from '../../ui/Loading'
import { paths } from '../../util/paths'

type Props = {
  jobId: string
  onClose: () => void
  /** The dialog shows several, and closes them together. */
  oneOfMany?: boolean
}

/** The job where it was started: how far it is, then what came of it. */
export function RestoreRun({ jobId, onClose, oneOfMany = false }: Props) {
  const interval = usePollInterval()
  const { data: job, error } = useQuery({
    ...jobQuery(jobId),
    // Asked for even while events arrive: an event between the start and the first look could have been missed.
    refetchInterval: ({ state }) => (state.data && hasEnded(state.data) ? false : interval || 2000),
  })
  if (job === undefined) {
    return error === null ? (
      <Loading what="the job" />
    ) : (
      <ErrorNote title="The job can’t be shown" error={error} />
    )
  }
  return (
    <Stack gap="md">
      <JobProgress job={job} />
      <RestoreOutcome job={job} onLeave={onClose} />
      <Group justify="flex-end">
        <Button component={Link} to={paths.job(job.id)} variant="default">
          Show the job
        </Button>
        {!hasEnded(job) ? (
          <CancelJobButton job={job} />
        ) : oneOfMany ? null : (
          <Button onClick={onClose}>Done</Button>
        )}
      </Group>
    </Stack>
  )
}
