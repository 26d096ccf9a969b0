import { Anchor, Button, Group } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'

import { datasetsQuery } from '../../api/queries'
import type { SearchAnswer } from '../../api/search-types'
import { FACETS, type Search, toggled } from '../../util/search-address'
import { facetLabel } from '../../util/search-words'

type Props = { search: Search; counts: SearchAnswer['facets']; onChange: (to: Search) => void }

/** What was chosen beside the box; a click takes it back. */
export function Chips({ search, counts, onChange }: Props) {
  const { data: datasets } = useQuery(datasetsQuery)
  const chips = FACETS.flatMap(({ name, label }) =>
    (search.chosen[name] ?? []).map((value) => {
      const known = counts[name]?.find((one) => one.value === value)
      const dataset = name === 'dataset' ? datasets?.find(({ guid }) => guid === value)?.name : undefined
      return { name, label, value, word: facetLabel(name, { value, label: known?.label ?? dataset }) }
    }),
  )
  if (chips.length === 0) return null
  return (
    <Group gap={6} role="group" aria-label="Active filters">
      {chips.map(({ name, label, value, word }) => (
        <Button
          key={`${name} ${value}`}
          variant="default"
          size="compact-xs"
          fw={400}
          rightSection={<IconX size={12} aria-hidden />}
          aria-label={`Remove filter ${label}: ${word}`}
          onClick={() => onChange(toggled(search, name, value))}
        >
          {label}: {word}
        </Button>
      ))}
      <Anchor component="button" type="button" size="xs" onClick={() => onChange({ ...search, chosen: {} })}>
        Remove all filters
      </Anchor>
    </Group>
  )
}
