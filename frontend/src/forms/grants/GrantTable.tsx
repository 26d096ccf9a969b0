import { Button, Checkbox, Table } from '@mantine/core'

import { WideTable } from '../../ui/WideTable'
import type { GrantRow } from './rows'

type Props = { rows: GrantRow[]; onChange: (rows: GrantRow[]) => void }

type Choice = 'beneath' | 'inPlace' | 'elsewhere'

const CHOICES: { field: Choice; head: string; does: string }[] = [
  { field: 'beneath', head: 'And beneath', does: 'Also the datasets beneath' },
  { field: 'inPlace', head: 'Put back where it was', does: 'Put files back into' },
  { field: 'elsewhere', head: 'Put elsewhere', does: 'Put elsewhere files of' },
]

/** What may be done with each dataset. */
export function GrantTable({ rows, onChange }: Props) {
  const change = (changed: GrantRow) =>
    onChange(rows.map((row) => (row.dataset === changed.dataset ? changed : row)))
  return (
    <WideTable label="Datasets that may be seen" minWidth={880}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Dataset</Table.Th>
          <Table.Th>See and download</Table.Th>
          {CHOICES.map(({ field, head }) => (
            <Table.Th key={field}>{head}</Table.Th>
          ))}
          <Table.Th>Actions</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row) => (
          <Table.Tr key={row.dataset}>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>{row.dataset}</Table.Td>
            <Table.Td>yes</Table.Td>
            {CHOICES.map(({ field, does }) => (
              <Table.Td key={field}>
                <Checkbox
                  aria-label={`${does} ${row.dataset}`}
                  checked={row[field]}
                  onChange={(event) => change({ ...row, [field]: event.currentTarget.checked })}
                />
              </Table.Td>
            ))}
            <Table.Td>
              <Button
                variant="default"
                size="compact-xs"
                aria-label={`Take ${row.dataset} away`}
                onClick={() => onChange(rows.filter(({ dataset }) => dataset !== row.dataset))}
              >
                Take away
              </Button>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </WideTable>
  )
}
