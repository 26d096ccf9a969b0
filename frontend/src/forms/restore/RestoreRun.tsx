import { Button, Group, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { Link } from 'react-router'

import { hasEnded } from '../../api/job-events'
import { jobQuery } from '../../api/queries'
import type { Job } from '../../api/types'
import { CancelJobButton } from '../../components/jobs/CancelJobButton'
import { JobFailure } from '../../components/jobs/JobFailure'
import { JobProgress } from '../../components/jobs/JobProgress'
import { RestoreOutcome } from '../../components/jobs/RestoreOutcome'
import { UndoRestore } from '../../components/jobs/UndoRestore'
import { ErrorNote } from '../../ui/ErrorNote'
import { Loading } from '../../ui/Loading'
import { paths } from '../../util/paths'

type Props = {
  jobId: string
  /** A way out of the dialog is taken. */
  onLeave: () => void
  /** Called again with each look at a job that has ended. */
  onEnded: (job: Job) => void
}

/** The job where it was started: how far it is, then what came of it, and the way back. */
export function RestoreRun({ jobId, onLeave, onEnded }: Props) {
  const { data: job, error } = useQuery({
    ...jobQuery(jobId),
    // Asked for even while events arrive: an event between the start and the first look could have been missed.
    refetchInterval: ({ state }) => (state.data && hasEnded(state.data) ? false : 2000),
  })
  useEffect(() => {
    if (job !== undefined && hasEnded(job)) onEnded(job)
  }, [job, onEnded])
  const place = useRef<HTMLDivElement>(null)
  // The button that started it is gone, and the focus with it.
  useEffect(() => {
    if (document.activeElement === document.body) place.current?.focus()
  }, [])
  if (job === undefined) {
    return error === null ? (
      <Loading what="the job" />
    ) : (
      <ErrorNote title="The job can’t be shown" error={error} />
    )
  }
  return (
    <Stack gap="md" ref={place} tabIndex={-1} style={{ outline: 'none' }}>
      <JobProgress job={job} />
      <JobFailure job={job} />
      {job.result == null ? null : <RestoreOutcome result={job.result} onLeave={onLeave} />}
      <Group justify="flex-end" gap="xs">
        <Button component={Link} to={paths.job(job.id)} variant="default" onClick={onLeave}>
          Show the job
        </Button>
        <CancelJobButton job={job} />
        {hasEnded(job) && job.result != null ? (
          <UndoRestore result={job.result} jobId={job.id} onLeave={onLeave} />
        ) : null}
      </Group>
    </Stack>
  )
}
