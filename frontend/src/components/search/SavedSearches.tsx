import { ActionIcon, Anchor, Button, Group, Popover, Stack, Text } from '@mantine/core'
import { IconBookmark, IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-router'

import { searchesQuery, useDeleteSearch } from '../../api/search'
import type { SavedSearch } from '../../api/search-types'
import { SaveSearchDialog } from '../../forms/SaveSearchDialog'
import { ErrorNote } from '../../ui/ErrorNote'
import { Loading } from '../../ui/Loading'
import { paths } from '../../util/paths'
import { isEmpty, type Search } from '../../util/search-address'

/** The searches one has kept, and the way to keep this one. */
export function SavedSearches({ search }: { search: Search }) {
  const [opened, setOpened] = useState(false)
  const [saving, setSaving] = useState(false)
  return (
    <>
      <Popover
        opened={opened}
        onChange={setOpened}
        position="bottom-end"
        width={320}
        trapFocus
        returnFocus
        transitionProps={{ duration: 0 }}
      >
        <Popover.Target>
          <Button
            variant="default"
            size="sm"
            leftSection={<IconBookmark size={16} aria-hidden />}
            onClick={() => setOpened(!opened)}
          >
            Saved searches
          </Button>
        </Popover.Target>
        <Popover.Dropdown p="sm" aria-label="Saved searches">
          <Stack gap="sm">
            <SavedList onOpen={() => setOpened(false)} />
            <Button
              variant="default"
              size="sm"
              disabled={isEmpty(search)}
              onClick={() => {
                setOpened(false)
                setSaving(true)
              }}
            >
              Save this search…
            </Button>
          </Stack>
        </Popover.Dropdown>
      </Popover>
      {saving ? <SaveSearchDialog search={search} onClose={() => setSaving(false)} /> : null}
    </>
  )
}

function SavedList({ onOpen }: { onOpen: () => void }) {
  const { data: saved, error, isPending } = useQuery(searchesQuery)
  if (saved === undefined) {
    return isPending ? (
      <Loading what="saved searches" rows={3} />
    ) : (
      <ErrorNote title="The saved searches can’t be shown" error={error} />
    )
  }
  if (saved.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        None yet. Search for something, then save it here under a name.
      </Text>
    )
  }
  return (
    <Stack component="ul" gap={4} p={0} m={0} style={{ listStyle: 'none' }} aria-label="Saved searches">
      {saved.map((one) => (
        <li key={one.id}>
          <Saved one={one} onOpen={onOpen} />
        </li>
      ))}
    </Stack>
  )
}

function Saved({ one, onOpen }: { one: SavedSearch; onOpen: () => void }) {
  const remove = useDeleteSearch()
  return (
    <>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Anchor component={Link} to={paths.search(one.query)} size="sm" miw={0} truncate onClick={onOpen}>
          {one.name}
        </Anchor>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`Delete the saved search ${one.name}`}
          title="Delete"
          loading={remove.isPending}
          onClick={() => remove.mutate(one.id)}
        >
          <IconTrash size={16} aria-hidden />
        </ActionIcon>
      </Group>
      {remove.isError ? <ErrorNote error={remove.error} /> : null}
    </>
  )
}
