import { Button, Checkbox, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { type SyntheticEvent, useState } from 'react'

import { useTakeSnapshot } from '../api/mutations'
import { toApiError } from '../api/errors'
import { MONOSPACE } from '../theme'
import { ErrorNote } from '../ui/ErrorNote'

/** A snapshot of a dataset, now. */
export function TakeSnapshotDialog({ dataset, onClose }: { dataset: string; onClose: () => void }) {
  const [tag, setTag] = useState('')
  const [recursive, setRecursive] = useState(false)
  const take = useTakeSnapshot(dataset)
  const error = take.isError ? toApiError(take.error) : null
  const atTag = error !== null && (error.field === 'tag' || error.code === 'snapshot_exists')

  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    take.mutate({ tag: tag.trim() === '' ? undefined : tag.trim(), recursive }, { onSuccess: onClose })
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title={`Take a snapshot of ${dataset}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm">
            It keeps every file as it is now. It takes no time, and no space until something changes.
          </Text>
          <TextInput
            label="Snapshot name"
            description="After the @. Left empty, it is named after the time."
            placeholder="before-the-upgrade"
            styles={MONOSPACE}
            spellCheck={false}
            data-autofocus
            value={tag}
            error={atTag ? error.message : undefined}
            onChange={(event) => setTag(event.currentTarget.value)}
          />
          <Checkbox
            label="Also of all datasets below it"
            checked={recursive}
            onChange={(event) => setRecursive(event.currentTarget.checked)}
          />
          {error === null || atTag ? null : <ErrorNote error={error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={take.isPending}>
              Take snapshot
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
