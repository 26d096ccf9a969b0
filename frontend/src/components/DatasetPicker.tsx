import { Select } from '@mantine/core'

import type { Dataset } from '../api/types'

type Props = {
  label: string
  datasets: Dataset[]
  value: string
  onChange: (name: string) => void
  description?: string
}

/** One of the file systems, by name. Volumes have no files and are left out. */
export function DatasetPicker({ label, datasets, value, onChange, description }: Props) {
  const names = datasets.filter((dataset) => dataset.kind === 'filesystem').map((dataset) => dataset.name)
  return (
    <Select
      label={label}
      description={description}
      searchable
      allowDeselect={false}
      data={names.includes(value) ? names : [value, ...names]}
      value={value}
      onChange={(name) => {
        if (name !== null) onChange(name)
      }}
      nothingFoundMessage="No dataset of that name"
    />
  )
}
