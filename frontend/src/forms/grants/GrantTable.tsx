import { Button, Checkbox, Group, Stack, Table, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'

import { WideTable } from '../../ui/WideTable'
import type { GrantRow } from './rows'

type Props = { rows: GrantRow[]; onChange: (rows: GrantRow[]) => void }

type Choice = 'beneath' | 'inPlace' | 'elsewhere'

/** `word` begins what it `does`, so that it is called as it reads. */
const CHOICES: { field: Choice; head: string; does: string; word: string }[] = [
  {
    field: 'beneath',
    head: 'And beneath',
    does: 'Also the datasets beneath',
    word: 'Also the datasets beneath',
  },
  { field: 'inPlace', head: 'Put back where it was', does: 'Put files back into', word: 'Put files back' },
  { field: 'elsewhere', head: 'Put elsewhere', does: 'Put elsewhere files of', word: 'Put elsewhere' },
]

const LABEL = 'Datasets that may be seen'

/** What may be done with each dataset. */
export function GrantTable({ rows, onChange }: Props) {
  // What is ticked must not lie beyond an edge.
  const narrow = useMediaQuery('(max-width: 60em)', false, { getInitialValueInEffect: false })
  const change = (changed: GrantRow) =>
    onChange(rows.map((row) => (row.dataset === changed.dataset ? changed : row)))
  const tick = (row: GrantRow, { field, does, word }: (typeof CHOICES)[number]) => (
    <Checkbox
      key={field}
      aria-label={`${does} ${row.dataset}`}
      {...(narrow ? { label: word } : {})}
      checked={row[field]}
      onChange={(event) => change({ ...row, [field]: event.currentTarget.checked })}
    />
  )
  const away = ({ dataset: gone }: GrantRow) => (
    <Button
      variant="default"
      size="compact-xs"
      aria-label={`Take ${gone} away`}
      onClick={() => onChange(rows.filter(({ dataset }) => dataset !== gone))}
    >
      Take away
    </Button>
  )
  if (narrow) {
    return (
      <Stack component="ul" gap="md" m={0} p={0} style={{ listStyle: 'none' }} aria-label={LABEL}>
        {rows.map((row) => (
          <Stack component="li" key={row.dataset} gap="xs">
            <Group justify="space-between" wrap="nowrap">
              <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
                {row.dataset}
              </Text>
              {away(row)}
            </Group>
            {CHOICES.map((choice) => tick(row, choice))}
          </Stack>
        ))}
      </Stack>
    )
  }
  return (
    <WideTable label={LABEL} minWidth={880}>
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
            {CHOICES.map((choice) => (
              <Table.Td key={choice.field}>{tick(row, choice)}</Table.Td>
            ))}
            <Table.Td>{away(row)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </WideTable>
  )
}
