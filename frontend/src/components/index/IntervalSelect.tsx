import { Select, Text } from '@mantine/core'

import { useChangeIndex } from '../../api/mutations'
import type { IndexedDataset } from '../../api/types'
import { intervalWord } from '../../util/index-state'
import { allows } from '../../util/roles'
import { useMe } from '../frame/me'

const CHOICES = [0, 60, 300, 900, 3600]

/** How often live is looked at; who may not change it only reads. `usual`: the default, in seconds. */
export function IntervalSelect({ dataset, usual }: { dataset: IndexedDataset; usual: number }) {
  const { role } = useMe()
  const change = useChangeIndex(dataset.dataset)
  const own = dataset.live_interval ?? null
  if (!allows(role, 'operator')) {
    return own === null ? `default (${intervalWord(usual)})` : intervalWord(own)
  }
  const seconds = own === null || CHOICES.includes(own) ? CHOICES : [...CHOICES, own]
  return (
    <>
      <Select
        size="xs"
        w={140}
        aria-label={`Interval of ${dataset.dataset}`}
        allowDeselect={false}
        disabled={change.isPending || dataset.excluded}
        data={[
          { value: 'default', label: `Default (${intervalWord(usual)})` },
          ...seconds.map((value) => ({
            value: String(value),
            label: value === 0 ? 'Off' : intervalWord(value),
          })),
        ]}
        value={own === null ? 'default' : String(own)}
        onChange={(value) => {
          if (value !== null) change.mutate({ live_interval: value === 'default' ? null : Number(value) })
        }}
      />
      {change.isError ? (
        <Text size="xs" role="alert" c="var(--nm-fault)" maw={180}>
          {change.error.message}
        </Text>
      ) : null}
    </>
  )
}
