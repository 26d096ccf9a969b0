import { Anchor, Box, Group, Table, Text } from '@mantine/core'
import { Link } from 'react-router'

import type { Dataset } from '../../api/types'
import { Bytes } from '../../ui/Bytes'
import { SpaceBar } from '../../ui/SpaceBar'
import { WideTable } from '../../ui/WideTable'
import { paths } from '../../util/paths'

/** All datasets as the tree they are: space, where mounted, the way to their files and snapshots. */
export function DatasetTable({ datasets }: { datasets: Dataset[] }) {
  return (
    <WideTable label="Datasets" minWidth={720} highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Name</Table.Th>
          <Table.Th ta="right">Used</Table.Th>
          <Table.Th ta="right">By snapshots</Table.Th>
          <Table.Th w={130} title="Used, of what it may have">
            Full
          </Table.Th>
          <Table.Th>Mounted at</Table.Th>
          <Table.Th>Go to</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {datasets.map((dataset) => (
          <DatasetRow key={dataset.guid} dataset={dataset} />
        ))}
      </Table.Tbody>
    </WideTable>
  )
}

function DatasetRow({ dataset }: { dataset: Dataset }) {
  const depth = dataset.name.split('/').length - 1
  const total = dataset.used + dataset.available
  return (
    <Table.Tr>
      <Table.Td>
        <Box pl={depth * 16} style={{ whiteSpace: 'nowrap' }}>
          {dataset.name}
          {dataset.kind === 'volume' || dataset.readonly ? (
            <Text span size="sm" c="dimmed">
              {dataset.kind === 'volume' ? ' · volume' : ' · read-only'}
            </Text>
          ) : null}
        </Box>
      </Table.Td>
      <Table.Td ta="right" style={{ whiteSpace: 'nowrap' }}>
        <Bytes value={dataset.used} />
      </Table.Td>
      <Table.Td ta="right" style={{ whiteSpace: 'nowrap' }}>
        <Bytes value={dataset.used_by_snapshots} />
      </Table.Td>
      <Table.Td>
        <Box pt={8} title={`${((dataset.used / (total || 1)) * 100).toFixed(1)}% used`}>
          <SpaceBar thin used={dataset.used} total={total} label={`Space of ${dataset.name}`} />
        </Box>
      </Table.Td>
      <Table.Td>
        {dataset.files.reachable ? (
          <Text size="sm" ff="monospace">
            {dataset.mountpoint}
          </Text>
        ) : (
          <Text size="sm" c="dimmed">
            {dataset.files.detail ?? 'Its files are not reachable.'}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Group gap="sm" wrap="nowrap">
          {dataset.files.reachable ? (
            <Anchor
              component={Link}
              size="sm"
              to={paths.files(dataset.name)}
              aria-label={`Files of ${dataset.name}`}
            >
              Files
            </Anchor>
          ) : null}
          <Anchor
            component={Link}
            size="sm"
            to={paths.snapshots(dataset.name)}
            aria-label={`Snapshots of ${dataset.name}`}
          >
            Snapshots
          </Anchor>
        </Group>
      </Table.Td>
    </Table.Tr>
  )
}
