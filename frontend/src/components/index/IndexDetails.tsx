import { Anchor, Drawer, List, Stack, Table, Text, Title } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'

import { indexedQuery } from '../../api/queries'
import type { IndexedDatasetDetails, IndexRun } from '../../api/types'
import { Empty } from '../../ui/Empty'
import { ErrorNote } from '../../ui/ErrorNote'
import { Loading } from '../../ui/Loading'
import { StateMark } from '../../ui/StateMark'
import { When } from '../../ui/When'
import { INDEX_STATES } from '../../util/index-state'
import { paths } from '../../util/paths'
import { displayPath } from '../../util/relpath'
import { formatCount } from '../../util/sizes'
import { IndexActions } from './IndexActions'
import { RunningIndex } from './RunningIndex'
import { RunWords } from './RunWords'

/** One dataset's index: what can be done, what was found, what each run did. */
export function IndexDetails({ dataset, onClose }: { dataset: string; onClose: () => void }) {
  const { data, error, isPending, refetch } = useQuery(indexedQuery(dataset))
  const phone = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false })
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={phone ? '100%' : 'lg'}
      title={`Index of ${dataset}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {data !== undefined ? (
        <Details dataset={data} />
      ) : isPending ? (
        <Loading what={dataset} />
      ) : (
        <ErrorNote
          title={`The index of ${dataset} can’t be shown`}
          error={error}
          onRetry={() => void refetch()}
        />
      )}
    </Drawer>
  )
}

function Details({ dataset }: { dataset: IndexedDatasetDetails }) {
  const { tone, word } = INDEX_STATES[dataset.state]
  const { total, indexed } = dataset.snapshots
  return (
    <Stack>
      {dataset.job == null ? (
        <div>
          <StateMark tone={tone}>{word}</StateMark>
          {dataset.detail == null ? null : <Text size="sm">{dataset.detail}</Text>}
        </div>
      ) : (
        <RunningIndex jobId={dataset.job} />
      )}
      <Text size="sm">
        {formatCount(indexed)} of {formatCount(total)} snapshots indexed · live as of{' '}
        <When at={dataset.live_as_of} none="no time yet" />
      </Text>
      <IndexActions dataset={dataset} />
      <Text size="sm">
        <Anchor component={Link} to={paths.files(dataset.dataset)} inherit>
          Files of {dataset.dataset}
        </Anchor>
      </Text>
      {dataset.failed.length === 0 ? null : (
        <Stack gap="xs" component="section" aria-labelledby="failed">
          <Title order={3} id="failed" size="h5">
            Snapshots that could not be read
          </Title>
          <List size="sm">
            {dataset.failed.map(({ snapshot, reason }) => (
              <List.Item key={snapshot}>
                <Text span inherit ff="monospace" style={{ overflowWrap: 'anywhere' }}>
                  {snapshot}
                </Text>
                : {reason}
              </List.Item>
            ))}
          </List>
        </Stack>
      )}
      <Stack gap="xs" component="section" aria-labelledby="runs">
        <Title order={3} id="runs" size="h5">
          Runs
        </Title>
        {dataset.runs.length === 0 ? (
          <Empty title="No run yet">What each look at the dataset found is listed here.</Empty>
        ) : (
          <Table aria-label="Runs" verticalSpacing={5} horizontalSpacing="xs">
            <Table.Thead>
              <Table.Tr>
                <Table.Th w={150}>When</Table.Th>
                <Table.Th>What</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {dataset.runs.map((run) => (
                <RunRow key={`${run.at} ${run.snapshot ?? ''}`} run={run} />
              ))}
            </Table.Tbody>
          </Table>
        )}
      </Stack>
    </Stack>
  )
}

function RunRow({ run }: { run: IndexRun }) {
  const more = run.findings_total - run.findings.length
  return (
    <Table.Tr>
      <Table.Td>
        <When at={run.at} short size="sm" />
      </Table.Td>
      <Table.Td>
        <Text
          size="sm"
          style={{ overflowWrap: 'anywhere' }}
          {...(run.snapshot == null ? {} : { ff: 'monospace' })}
        >
          {run.snapshot ?? 'Live'}
        </Text>
        <RunWords run={run} />
        {run.findings.length === 0 ? null : (
          <List size="xs" mt={4} aria-label="Findings">
            {run.findings.map(({ path, detail }) => (
              <List.Item key={path}>
                <b style={{ overflowWrap: 'anywhere' }}>{displayPath(path)}</b>: {detail}
              </List.Item>
            ))}
            {more > 0 ? <List.Item>and {formatCount(more)} more</List.Item> : null}
          </List>
        )}
      </Table.Td>
    </Table.Tr>
  )
}
