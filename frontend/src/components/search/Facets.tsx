import { Anchor, Checkbox, Stack } from '@mantine/core'
import { useState } from 'react'

import type { FacetName, FacetValue, SearchAnswer } from '../../api/search-types'
import { FACETS, type Search, toggled } from '../../util/search-address'
import { facetLabel, facetValues } from '../../util/search-words'
import { formatCount } from '../../util/sizes'
import classes from './Facets.module.css'

/** So many of a facet's values are shown at first. */
const FEW = 7

type Props = { search: Search; counts: SearchAnswer['facets']; onChange: (to: Search) => void }

/** What there is to choose among the hits, with how many each choice would leave. */
export function Facets({ search, counts, onChange }: Props) {
  return (
    <Stack gap="lg">
      {FACETS.map(({ name, label }) => {
        const chosen = search.chosen[name] ?? []
        const values = facetValues(name, counts[name] ?? [], chosen)
        // A single value is no choice.
        if (values.length < 2 && chosen.length === 0) return null
        return (
          <Facet
            key={name}
            name={name}
            label={label}
            values={values}
            chosen={chosen}
            onToggle={(value) => onChange(toggled(search, name, value))}
          />
        )
      })}
    </Stack>
  )
}

type FacetProps = {
  name: FacetName
  label: string
  values: FacetValue[]
  chosen: string[]
  onToggle: (value: string) => void
}

function Facet({ name, label, values, chosen, onToggle }: FacetProps) {
  const [all, setAll] = useState(false)
  const hidden = values.slice(FEW).filter(({ value }) => !chosen.includes(value)).length
  const shown = all ? values : values.filter(({ value }, i) => i < FEW || chosen.includes(value))
  return (
    <fieldset className={classes.facet}>
      <legend className={classes.legend}>{label}</legend>
      <div className={classes.values}>
        {shown.map((value) => (
          <Checkbox
            key={value.value}
            size="xs"
            classNames={{ body: classes.body ?? '', labelWrapper: classes.labelWrapper ?? '' }}
            checked={chosen.includes(value.value)}
            onChange={() => onToggle(value.value)}
            label={
              <span className={classes.label}>
                <span className={classes.word} title={facetLabel(name, value)}>
                  {facetLabel(name, value)}
                </span>{' '}
                <span className={classes.count}>{formatCount(value.count)}</span>
              </span>
            }
          />
        ))}
        {hidden === 0 ? null : (
          <Anchor
            component="button"
            type="button"
            size="xs"
            ta="left"
            aria-expanded={all}
            onClick={() => setAll(!all)}
          >
            {all ? 'Show fewer' : `Show ${formatCount(hidden)} more`}
          </Anchor>
        )}
      </div>
    </fieldset>
  )
}
