import { Button, Group, Paper, ScrollArea, Stack, Text } from '@mantine/core'
import { IconArrowUp, IconFolderFilled } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'

import { datasetsQuery, foldersQuery } from '../../api/queries'
import { DatasetPicker } from '../../components/DatasetPicker'
import { useMe } from '../../components/frame/me'
import { ErrorNote } from '../../ui/ErrorNote'
import { Loading } from '../../ui/Loading'
import { visibleName } from '../../util/names'
import { displayPath, parentPath } from '../../util/relpath'
import { mayRestoreInto } from '../../util/roles'

type Folder = { dataset: string; path: string }
type Props = { value: Folder; onChange: (folder: Folder) => void }

type BrowserProps = Props & {
  /** Where what is restored comes from: not every dataset may be reached from each. */
  sources: string[]
}

/** A live folder of any dataset that can be written to. The one shown is the one chosen. */
export function FolderBrowser({ value, sources, onChange }: BrowserProps) {
  const me = useMe()
  const { data: datasets } = useQuery(datasetsQuery)
  const writable = (datasets ?? []).filter(
    ({ name, files, readonly }) =>
      files.reachable && !readonly && sources.every((source) => mayRestoreInto(me, source, name)),
  )
  return (
    <Paper withBorder p="sm">
      <Stack gap="xs">
        <DatasetPicker
          label="Destination dataset"
          datasets={writable}
          value={value.dataset}
          onChange={(dataset) => onChange({ dataset, path: '' })}
        />
        <Group justify="space-between" wrap="nowrap">
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            Into{' '}
            <Text span inherit fw={600}>
              {displayPath(value.path)}
            </Text>
          </Text>
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<IconArrowUp size={14} aria-hidden />}
            disabled={value.path === ''}
            onClick={() => onChange({ ...value, path: parentPath(value.path) })}
          >
            Up
          </Button>
        </Group>
        <Folders value={value} onChange={onChange} />
      </Stack>
    </Paper>
  )
}

function Folders({ value, onChange }: Props) {
  const { data, error, isPending } = useQuery(foldersQuery(value.dataset, value.path))
  if (isPending) return <Loading what="folders" rows={3} />
  if (error !== null) return <ErrorNote title="This folder can’t be shown" error={error} />
  if (data.folders.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        No folders inside.
      </Text>
    )
  }
  return (
    <ScrollArea.Autosize mah={180} type="auto">
      <Stack gap={2} role="list" aria-label="Folders">
        {data.folders.map((folder) => (
          <div role="listitem" key={folder.path}>
            <Button
              variant="subtle"
              color="gray"
              size="compact-sm"
              fullWidth
              justify="flex-start"
              leftSection={<IconFolderFilled size={16} color="var(--mantine-color-anchor)" aria-hidden />}
              onClick={() => onChange({ ...value, path: folder.path })}
            >
              {visibleName(folder.name)}
            </Button>
          </div>
        ))}
      </Stack>
    </ScrollArea.Autosize>
  )
}
