import { Alert, Text } from '@mantine/core'

import type { Job } from '../../api/types'

/** Why a job failed; nothing where it did not. */
export function JobFailure({ job: { error } }: { job: Job }) {
  if (error == null) return null
  return (
    <Alert role="alert" variant="default" title="It failed">
      <Text size="sm">{error.detail}</Text>
      <Text size="xs" c="dimmed" ff="monospace" mt={4}>
        {error.code}
      </Text>
    </Alert>
  )
}
