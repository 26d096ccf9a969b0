import { Button, Group, Select, Stack, Switch, Text } from '@mantine/core'
import { IconFilter } from '@tabler/icons-react'

import type { SearchAnswer, SearchSort } from '../../api/search-types'
import { type Search, SORTS } from '../../util/search-address'
import { totalWords } from '../../util/search-words'
import { plural } from '../../util/sizes'

type ToolsProps = { search: Search; onChange: (to: Partial<Search>) => void }
type Props = ToolsProps & {
  total: SearchAnswer['total'] | undefined
  /** Opens the sheet that has all else; null: it is beside the hits. */
  onFilter: (() => void) | null
}

/** How many there are, in which order, and whether each version counts. */
export function FoundTools({ search, total, onChange, onFilter }: Props) {
  const chosen = Object.values(search.chosen).flat().length
  return (
    <Group justify="space-between" gap="sm" mih={36}>
      <Text fw={600} role="status">
        {total === undefined ? '' : totalWords(total, search.group)}
      </Text>
      {onFilter === null ? (
        <Group gap="md">
          <EveryVersion search={search} onChange={onChange} />
          <SortSelect search={search} onChange={onChange} />
        </Group>
      ) : (
        <Button
          variant="default"
          size="sm"
          leftSection={<IconFilter size={16} aria-hidden />}
          onClick={onFilter}
        >
          {chosen === 0 ? 'Filters and order' : plural(chosen, 'filter')}
        </Button>
      )}
    </Group>
  )
}

/** The same, one beneath the other. */
export function SortAndGroup(props: ToolsProps) {
  return (
    <Stack mb="lg">
      <SortSelect {...props} />
      <EveryVersion {...props} />
    </Stack>
  )
}

function SortSelect({ search, onChange }: ToolsProps) {
  return (
    <Select
      aria-label="Order"
      w={150}
      allowDeselect={false}
      data={SORTS}
      value={search.sort}
      onChange={(value) => onChange({ sort: value as SearchSort })}
    />
  )
}

function EveryVersion({ search, onChange }: ToolsProps) {
  return (
    <Switch
      size="sm"
      label="Every version"
      checked={search.group === 'version'}
      onChange={(event) => onChange({ group: event.currentTarget.checked ? 'version' : 'entry' })}
    />
  )
}
