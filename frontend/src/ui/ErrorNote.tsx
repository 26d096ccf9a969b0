import { Alert, Button, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'

import { toApiError } from '../api/errors'

type Props = {
  error: unknown
  /** What was tried: `The snapshots can’t be shown`. */
  title?: string
  onRetry?: () => void
}

/** What went wrong, to which thing and what to do, as the server said it; the code and request id for asking further. */
export function ErrorNote({ error, title, onRetry }: Props) {
  const { message, code, requestId } = toApiError(error)
  return (
    <Alert
      role="alert"
      variant="default"
      title={title}
      icon={<IconAlertTriangle color="var(--nm-fault)" aria-hidden />}
    >
      <Text size="sm">{message}</Text>
      <Text size="xs" c="dimmed" mt={4} ff="monospace">
        {code}
        {requestId === null ? '' : ` · request ${requestId}`}
      </Text>
      {onRetry === undefined ? null : (
        <Button variant="default" size="xs" mt="xs" onClick={onRetry}>
          Try again
        </Button>
      )}
    </Alert>
  )
}
