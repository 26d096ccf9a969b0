import { Button, Text } from '@mantine/core'

import { useCancelJob } from '../../api/mutations'
import type { Job } from '../../api/types'
import { Reasoned } from '../../ui/Reasoned'
import { refusal } from '../../util/roles'
import { useMe } from '../frame/me'

/** Asks a job to stop; it ends at its next safe point. */
export function CancelJobButton({ job, compact = false }: { job: Job; compact?: boolean }) {
  const { role } = useMe()
  const cancel = useCancelJob()
  if (!job.cancelable) return null
  const refused = refusal(role, 'operator')
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
