import { Anchor, Button, Table, Text } from '@mantine/core'
import { Link } from 'react-router'

import type { Snapshot } from '../../api/types'
import { Bytes } from '../../ui/Bytes'
import { Reasoned } from '../../ui/Reasoned'
import { When } from '../../ui/When'
import { WideTable } from '../../ui/WideTable'
import { paths } from '../../util/paths'
import { refusal } from '../../util/roles'
import { plural } from '../../util/sizes'
import { useMe } from '../frame/me'

type Props = { snapshots: Snapshot[]; browsable: boolean; onDestroy: (snapshot: Snapshot) => void }

/** When, how it is called, what it costs, what holds it, what can be done. */
export function SnapshotTable({ snapshots, browsable, onDestroy }: Props) {
  const { role } = useMe()
  const refused = refusal(role, 'admin')
  return (
    <WideTable label="Snapshots" minWidth={820} verticalSpacing={3} highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Created</Table.Th>
          <Table.Th>Name</Table.Th>
          <Table.Th ta="right" title="What destroying this one alone would give back">
            Used
          </Table.Th>
          <Table.Th ta="right" title="What was written between the one before and this one">
            Written
          </Table.Th>
          <Table.Th>Kept by</Table.Th>
          <Table.Th>Actions</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {snapshots.map((snapshot) => (
          <Table.Tr key={snapshot.guid}>
            <Table.Td>
              <When at={snapshot.created} size="sm" />
            </Table.Td>
            <Table.Td>
              {browsable ? (
                <Anchor
                  component={Link}
                  ff="monospace"
                  size="sm"
                  to={paths.files(snapshot.dataset, { at: snapshot.tag })}
                  title="Show its files"
                >
                  {snapshot.tag}
                </Anchor>
              ) : (
                <Text span ff="monospace" size="sm">
                  {snapshot.tag}
                </Text>
              )}
            </Table.Td>
            <Table.Td ta="right">
              <Bytes value={snapshot.used} />
            </Table.Td>
            <Table.Td ta="right">
              <Bytes value={snapshot.written} />
            </Table.Td>
            <Table.Td>
              <Keepers snapshot={snapshot} />
            </Table.Td>
            <Table.Td>
              <Reasoned reason={refused}>
                <Button
                  variant="default"
                  size="compact-xs"
                  disabled={refused !== null}
                  onClick={() => onDestroy(snapshot)}
                  aria-label={`Destroy ${snapshot.tag}…`}
                >
                  Destroy…
                </Button>
              </Reasoned>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </WideTable>
  )
}

function Keepers({ snapshot }: { snapshot: Snapshot }) {
  const { holds, clones } = snapshot
  const parts = [
    holds > 0 ? plural(holds, 'hold') : null,
    clones.length > 0 ? `clone ${clones.join(', ')}` : null,
  ].filter((part) => part !== null)
  return <Text size="sm">{parts.join(' · ')}</Text>
}
