import { Anchor, Box, Button, Table, Text } from '@mantine/core'
import { Link } from 'react-router'

import { useIndexDataset } from '../../api/mutations'
import type { IndexedDataset, IndexStatus } from '../../api/types'
import { Reasoned } from '../../ui/Reasoned'
import { StateMark } from '../../ui/StateMark'
import { WideTable } from '../../ui/WideTable'
import { formatClock, formatFull, formatRelative } from '../../util/dates'
import { INDEX_STATES } from '../../util/index-state'
import { paths } from '../../util/paths'
import { refusal } from '../../util/roles'
import { formatCount, plural } from '../../util/sizes'
import { useMe } from '../frame/me'
import { CoverageBar } from './CoverageBar'
import { idleReason } from './IndexActions'
import { IntervalSelect } from './IntervalSelect'
import { RunningIndex } from './RunningIndex'
import { RunWords } from './RunWords'

/** Each dataset: how its index is, how far, how old, and what the last look found. */
export function IndexTable({ status }: { status: IndexStatus }) {
  return (
    <WideTable label="Indexed datasets" minWidth={980} highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Dataset</Table.Th>
          <Table.Th w={230}>State</Table.Th>
          <Table.Th w={110}>Snapshots</Table.Th>
          <Table.Th>Live as of</Table.Th>
          <Table.Th>Interval</Table.Th>
          <Table.Th>Last run</Table.Th>
          <Table.Th>Actions</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {status.datasets.map((dataset) => (
          <Row key={dataset.guid} dataset={dataset} usual={status.live_interval} />
        ))}
      </Table.Tbody>
    </WideTable>
  )
}

function Row({ dataset, usual }: { dataset: IndexedDataset; usual: number }) {
  const { role } = useMe()
  const start = useIndexDataset(dataset.dataset)
  const idle = refusal(role, 'operator') ?? idleReason(dataset)
  const { tone, word } = INDEX_STATES[dataset.state]
  const run = dataset.last_run ?? null
  return (
    <Table.Tr>
      <Table.Td>
        <Anchor component={Link} to={paths.index(dataset.dataset)} size="sm">
          {dataset.dataset}
        </Anchor>
      </Table.Td>
      <Table.Td>
        {dataset.job == null ? (
          <StateMark tone={tone}>{word}</StateMark>
        ) : (
          <RunningIndex jobId={dataset.job} />
        )}
        {dataset.detail == null ? null : (
          <Text size="xs" c="dimmed">
            {dataset.detail}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        {dataset.snapshots.total === 0 ? (
          <Text size="sm" c="dimmed">
            none known
          </Text>
        ) : (
          <>
            <Text size="sm" className="tabular" style={{ whiteSpace: 'nowrap' }}>
              {formatCount(dataset.snapshots.indexed)} of {formatCount(dataset.snapshots.total)}
            </Text>
            <Box pt={4}>
              <CoverageBar coverage={dataset.snapshots} label={`Indexed snapshots of ${dataset.dataset}`} />
            </Box>
          </>
        )}
        {dataset.snapshots.failed > 0 ? <Text size="xs">{dataset.snapshots.failed} failed</Text> : null}
      </Table.Td>
      <Table.Td>
        {dataset.live_as_of == null ? (
          <Text size="sm" c="dimmed">
            not yet
          </Text>
        ) : (
          <time dateTime={dataset.live_as_of} title={formatFull(dataset.live_as_of)}>
            <Text size="sm">{formatClock(dataset.live_as_of)}</Text>
            <Text size="xs" c="dimmed">
              {formatRelative(dataset.live_as_of)}
            </Text>
          </time>
        )}
      </Table.Td>
      <Table.Td>
        <IntervalSelect dataset={dataset} usual={usual} />
      </Table.Td>
      <Table.Td miw={190}>
        {run === null ? (
          <Text size="sm" c="dimmed">
            none yet
          </Text>
        ) : (
          <>
            <RunWords run={run} />
            {run.findings_total > 0 ? (
              <Anchor component={Link} to={paths.index(dataset.dataset)} size="xs">
                {plural(run.findings_total, 'finding')}
              </Anchor>
            ) : null}
          </>
        )}
      </Table.Td>
      <Table.Td>
        <Reasoned reason={idle}>
          <Button
            variant="default"
            size="compact-xs"
            disabled={idle !== null}
            loading={start.isPending}
            aria-label={`Index ${dataset.dataset} now`}
            onClick={() => start.mutate(false)}
          >
            Index now
          </Button>
        </Reasoned>
        {start.isError ? (
          <Text size="xs" role="alert" c="var(--nm-fault)" maw={200}>
            {start.error.message}
          </Text>
        ) : null}
      </Table.Td>
    </Table.Tr>
  )
}
