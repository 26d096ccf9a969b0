import { Table, Text } from '@mantine/core'

import type { Vdev } from '../../api/types'
import { StateMark } from '../../ui/StateMark'
import { stateTone } from '../../util/health'
import { WideTable } from '../../ui/WideTable'
import { formatCount } from '../../util/sizes'

type Line = { vdev: Vdev; depth: number; key: string }

/** A pool's devices, indented as they are built, with their errors. */
export function VdevTree({ vdevs }: { vdevs: Vdev[] }) {
  return (
    <WideTable label="Devices" minWidth={480} verticalSpacing={4}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Device</Table.Th>
          <Table.Th>State</Table.Th>
          <Table.Th ta="right">Read errors</Table.Th>
          <Table.Th ta="right">Write errors</Table.Th>
          <Table.Th ta="right">Checksum errors</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {flatten(vdevs).map(({ vdev, depth, key }) => (
          <Table.Tr key={key}>
            <Table.Td pl={10 + depth * 20} title={vdev.path ?? undefined} style={{ whiteSpace: 'nowrap' }}>
              {vdev.name}
              {vdev.class === 'normal' || vdev.class === 'data' || depth > 0 ? null : (
                <Text span size="sm" c="dimmed">
                  {' '}
                  · {vdev.class}
                </Text>
              )}
            </Table.Td>
            <Table.Td>
              <StateMark tone={stateTone(vdev.state)}>{vdev.state}</StateMark>
            </Table.Td>
            {[vdev.read_errors, vdev.write_errors, vdev.checksum_errors].map((errors, i) => (
              <Table.Td key={i} ta="right" fw={errors > 0 ? 700 : 400}>
                {formatCount(errors)}
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </WideTable>
  )
}

function flatten(vdevs: Vdev[], depth = 0, above = ''): Line[] {
  return vdevs.flatMap((vdev) => {
    const key = `${above}/${vdev.name}`
    return [{ vdev, depth, key }, ...flatten(vdev.children, depth + 1, key)]
  })
}
