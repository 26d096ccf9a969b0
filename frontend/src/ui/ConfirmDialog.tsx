import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'

import { ErrorNote } from './ErrorNote'

type Props = {
  title: string
  /** The button's words: a verb and the thing. */
  action: string
  children: ReactNode
  pending: boolean
  error: unknown
  onConfirm: () => void
  onClose: () => void
}

/** Asks before something that can’t be taken back. */
export function ConfirmDialog({ title, action, children, pending, error, onConfirm, onClose }: Props) {
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': 'Close' }}>
      <Stack>
        <Text size="sm">{children}</Text>
        {error == null ? null : <ErrorNote error={error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            Cancel
          </Button>
          <Button loading={pending} onClick={onConfirm}>
            {action}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
