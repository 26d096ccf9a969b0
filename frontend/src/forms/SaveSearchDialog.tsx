import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { type SyntheticEvent, useState } from 'react'

import { useSaveSearch } from '../api/search'
import { ErrorNote } from '../ui/ErrorNote'
import { savedQuery, type Search } from '../util/search-address'

/** Keeps a search under a name, with its filters and order. */
export function SaveSearchDialog({ search, onClose }: { search: Search; onClose: () => void }) {
  const [name, setName] = useState(search.q.trim())
  const save = useSaveSearch()
  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    save.mutate({ name: name.trim(), query: savedQuery(search) }, { onSuccess: onClose })
  }
  return (
    <Modal opened onClose={onClose} title="Save this search" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label="Name"
            description="With it go the text, the filters and the order."
            required
            maxLength={100}
            data-autofocus
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          {save.isError ? <ErrorNote error={save.error} /> : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={name.trim() === ''} loading={save.isPending}>
              Save search
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
