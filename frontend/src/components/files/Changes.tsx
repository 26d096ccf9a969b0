import { Anchor, Group, Select, Stack, Table, Text } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { Link } from 'react-router'

import { toApiError } from '../../api/errors'
import { differencesQuery, differenceSummaryQuery } from '../../api/queries'
import type { Difference, DifferencePage, DifferenceSummary, TimeLineMoment } from '../../api/types'
import { Bytes } from '../../ui/Bytes'
import { Empty } from '../../ui/Empty'
import { ErrorNote } from '../../ui/ErrorNote'
import { Loading } from '../../ui/Loading'
import { LoadMore } from '../../ui/LoadMore'
import { Mark, type MarkTone } from '../../ui/Mark'
import { When } from '../../ui/When'
import { WideTable } from '../../ui/WideTable'
import { formatDateTime } from '../../util/dates'
import { paths } from '../../util/paths'
import { displayPath, parentPath } from '../../util/relpath'
import { formatBytes, formatCount, plural } from '../../util/sizes'
import { KindIcon } from './KindIcon'
import { NotIndexed } from './NotIndexed'

type Props = {
  dataset: string
  path: string
  from: string
  /** Null: now. */
  to: string | null
  /** All snapshots, oldest first. */
  moments: TimeLineMoment[]
  onTo: (to: string | null) => void
}

/** What became of a folder between the moment shown and another, mostly now. */
export function Changes({ dataset, path, from, to, moments, onTo }: Props) {
  const query = useInfiniteQuery(differencesQuery(dataset, from, to, path))
  const summary = useQuery(differenceSummaryQuery(dataset, from, to, path))
  const later = useMemo(() => [{ value: '', label: 'Now' }, ...options(moments, from)], [moments, from])
  const [first] = query.data?.pages ?? []
  const items = query.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Stack gap="xs" component="section" aria-label="Changes">
      <Group gap="md" align="flex-end">
        <Select
          label="Changes until"
          searchable
          limit={200}
          w={340}
          maw="100%"
          allowDeselect={false}
          data={later}
          value={to ?? ''}
          onChange={(value) => onTo(value === '' ? null : value)}
        />
        {summary.data === undefined ? null : (
          <Text size="sm" pb={8} role="status">
            {totalWords(summary.data)}
          </Text>
        )}
      </Group>
      {summary.data === undefined || summary.data.total === 0 ? null : <Tallies summary={summary.data} />}
      {query.isPending ? <Loading what="the changes" rows={6} /> : null}
      {query.isError ? (
        toApiError(query.error).code === 'not_indexed' ? (
          <NotIndexed dataset={dataset} what="Changes are" />
        ) : (
          <ErrorNote
            title="The changes can’t be shown"
            error={query.error}
            onRetry={() => void query.refetch()}
          />
        )
      ) : null}
      {first !== undefined && items.length === 0 ? (
        <Empty title="Nothing changed here">
          {path === '' ? 'The whole dataset' : displayPath(path)} is the same at both moments.
        </Empty>
      ) : null}
      {first !== undefined && items.length > 0 ? (
        <ChangeTable page={first} items={items} folder={path} />
      ) : null}
      <LoadMore query={query} />
    </Stack>
  )
}

const MARKS: Record<Difference['differs'], { letter: string; tone: MarkTone; word: string }> = {
  created: { letter: 'N', tone: 'new', word: 'Created' },
  removed: { letter: 'D', tone: 'gone', word: 'Deleted' },
  modified: { letter: 'M', tone: 'other', word: 'Modified' },
  attributes: { letter: 'A', tone: 'other', word: 'Attributes' },
  moved: { letter: 'R', tone: 'other', word: 'Moved' },
}

const KINDS = ['created', 'removed', 'modified', 'attributes', 'moved'] as const

/** How many of each kind, and how large they are. */
function Tallies({ summary }: { summary: DifferenceSummary }) {
  return (
    <Group component="ul" gap="md" m={0} p={0} style={{ listStyle: 'none' }} aria-label="Changes by kind">
      {KINDS.filter((kind) => summary[kind].entries > 0).map((kind) => (
        <Group component="li" key={kind} gap={6} wrap="nowrap">
          <span aria-hidden>
            <Mark {...MARKS[kind]} />
          </span>
          <Text size="sm" className="tabular">
            {formatCount(summary[kind].entries)} {MARKS[kind].word.toLowerCase()},{' '}
            {formatBytes(summary[kind].bytes)}
          </Text>
        </Group>
      ))}
    </Group>
  )
}

function ChangeTable({ page, items, folder }: { page: DifferencePage; items: Difference[]; folder: string }) {
  return (
    <WideTable label="Changes" minWidth={640} verticalSpacing={4} highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          <Table.Th w={120}>Change</Table.Th>
          <Table.Th>Name</Table.Th>
          <Table.Th ta="right">Before</Table.Th>
          <Table.Th ta="right">After</Table.Th>
          <Table.Th>Modified</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {items.map((item) => {
          const mark = MARKS[item.differs]
          const at = item.differs === 'removed' ? page.from.snapshot : page.to.snapshot
          return (
            <Table.Tr key={`${item.path} ${item.differs}`}>
              <Table.Td>
                <Group gap={6} wrap="nowrap">
                  <span aria-hidden>
                    <Mark {...mark} />
                  </span>
                  {mark.word}
                </Group>
              </Table.Td>
              <Table.Td>
                <Group gap={6} wrap="nowrap" align="flex-start">
                  <KindIcon entry={item} />
                  <div>
                    <Anchor
                      component={Link}
                      size="sm"
                      style={{ overflowWrap: 'anywhere' }}
                      to={paths.files(page.dataset, {
                        at,
                        path: parentPath(item.path),
                        selected: item.path,
                      })}
                    >
                      {below(item.path, folder)}
                    </Anchor>
                    {item.moved_from == null ? null : (
                      <Text size="xs" c="dimmed">
                        from {displayPath(item.moved_from)}
                      </Text>
                    )}
                  </div>
                </Group>
              </Table.Td>
              <Table.Td ta="right">
                <Side item={item} of="before" />
              </Table.Td>
              <Table.Td ta="right">
                <Side item={item} of="after" />
              </Table.Td>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>
                <When at={(item.after ?? item.before)?.modified} none="unknown" short size="sm" />
              </Table.Td>
            </Table.Tr>
          )
        })}
      </Table.Tbody>
    </WideTable>
  )
}

function Side({ item, of }: { item: Difference; of: 'before' | 'after' }) {
  const side = item[of]
  if (side == null || item.kind !== 'file') return null
  return (
    <span style={{ whiteSpace: 'nowrap' }}>
      <Bytes value={side.size} />
    </span>
  )
}

/** `1,204 changes · 3.20 MiB more than then`. */
function totalWords({ total, bytes }: DifferenceSummary): string {
  const net =
    bytes === 0 ? 'the same size' : `${formatBytes(Math.abs(bytes))} ${bytes > 0 ? 'more' : 'less'} in all`
  return total === 0 ? 'No change' : `${plural(total, 'change')} · ${net}`
}

function below(path: string, folder: string): string {
  const rest = folder !== '' && path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path
  return displayPath(rest).slice(1)
}

/** Later than the one shown, newest first. */
function options(moments: TimeLineMoment[], from: string) {
  const index = moments.findIndex(({ tag, guid }) => tag === from || guid === from)
  return moments
    .slice(index + 1)
    .map(({ tag, created }) => ({ value: tag, label: `${formatDateTime(created)} · ${tag}` }))
    .reverse()
}
