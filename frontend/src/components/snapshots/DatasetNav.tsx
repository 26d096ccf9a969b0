import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'react-router'

import type { Dataset } from '../../api/types'
import { paths } from '../../util/paths'
import classes from './DatasetNav.module.css'

/** All datasets as a tree that can be filtered by typing. */
export function DatasetNav({ datasets, chosen }: { datasets: Dataset[]; chosen: string }) {
  const [filter, setFilter] = useState('')
  const wanted = filter.trim().toLowerCase()
  const shown = datasets.filter((dataset) => dataset.name.toLowerCase().includes(wanted))
  return (
    <nav aria-label="Datasets" className={classes.nav}>
      <TextInput
        size="sm"
        aria-label="Filter datasets"
        placeholder="Filter datasets"
        value={filter}
        onChange={(event) => setFilter(event.currentTarget.value)}
      />
      <ul className={classes.list}>
        {shown.map((dataset) => (
          <li key={dataset.guid}>
            <Link
              to={paths.snapshots(dataset.name)}
              className={classes.link}
              aria-current={dataset.name === chosen ? 'page' : undefined}
              // A filtered list is no tree any more: names stand in full.
              style={wanted === '' ? { paddingLeft: 8 + depth(dataset) * 14 } : undefined}
              aria-label={dataset.name}
              title={dataset.name}
            >
              {wanted === '' ? lastPart(dataset) : dataset.name}
            </Link>
          </li>
        ))}
        {shown.length === 0 ? <li className={classes.none}>No dataset has this in its name.</li> : null}
      </ul>
    </nav>
  )
}

function depth(dataset: Dataset): number {
  return dataset.name.split('/').length - 1
}

function lastPart(dataset: Dataset): string {
  return dataset.name.slice(dataset.name.lastIndexOf('/') + 1)
}
