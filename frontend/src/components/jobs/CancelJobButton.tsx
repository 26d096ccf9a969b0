import { Button, Text } from '@mantine/core'

import { useCancelJob } from '../../api/mutations'
import type { Job } from '../../api/types'
import { Reasoned } from '../../ui/Reasoned'
import { restoringRefusal } from '../../util/roles'
import { useMe } from '../frame/me'

/** Asks a job to stop; it ends at its next safe point. */
export function CancelJobButton({ job, compact = false }: { job: Job; compact?: boolean }) {
  const me = useMe()
  const cancel = useCancelJob()
  if (!job.cancelable) return null
  // Who may restore may stop it; of those who see some datasets only, the jobs shown are their own.
  const refused = restoringRefusal(me, null)
  return (
    <>
      {cancel.isError ? (
        <Text size="sm" role="alert">
          {cancel.error.message}
        </Text>
      ) : null}
      <Reasoned reason={refused}>
        <Button
          variant="default"
          size={compact ? 'compact-xs' : 'sm'}
          disabled={refused !== null || cancel.isSuccess}
          loading={cancel.isPending}
          onClick={() => cancel.mutate(job.id)}
        >
          {cancel.isSuccess ? 'Canceling…' : compact ? 'Cancel' : 'Cancel the job'}
        </Button>
      </Reasoned>
    </>
  )
}
