import { ActionIcon, Button, Group, Select, Text } from '@mantine/core'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { useMemo } from 'react'

import type { TimeLineMoment } from '../../api/types'
import { formatDateTime } from '../../util/dates'

type Props = {
  moments: TimeLineMoment[]
  /** Null: the address names a moment that is not (or not yet) known. */
  chosen: number | null
  onChoose: (index: number) => void
}

/** The chosen moment in words: one step earlier or later, now, or any by its date or name. */
export function MomentPicker({ moments, chosen, onChoose }: Props) {
  const now = moments.length
  const past = chosen !== null && chosen < now
  const choices = useMemo(() => [{ value: String(now), label: 'Now' }, ...options(moments)], [moments, now])
  return (
    <Group gap={6} align="flex-end" wrap="nowrap" miw={0} flex="1 1 300px">
      <Select
        label="Moment"
        searchable
        limit={200}
        maxDropdownHeight={340}
        flex={1}
        maw={420}
        miw={0}
        allowDeselect={false}
        checkIconPosition="right"
        nothingFoundMessage="No snapshot with such a date or name"
        styles={past ? { input: { color: 'var(--nm-time)' } } : undefined}
        value={chosen === null ? null : String(chosen)}
        placeholder="Choose a moment"
        data={choices}
        onChange={(value) => {
          if (value !== null) onChoose(Number(value))
        }}
        renderOption={({ option }) => <Text size="sm">{option.label}</Text>}
      />
      <Group gap={4} wrap="nowrap">
        <ActionIcon
          variant="default"
          size={36}
          aria-label="Earlier snapshot"
          disabled={now === 0 || chosen === 0}
          onClick={() => onChoose((chosen ?? now) - 1)}
        >
          <IconChevronLeft size={18} aria-hidden />
        </ActionIcon>
        <ActionIcon
          variant="default"
          size={36}
          aria-label="Later snapshot"
          disabled={!past}
          onClick={() => onChoose((chosen ?? now) + 1)}
        >
          <IconChevronRight size={18} aria-hidden />
        </ActionIcon>
        <Button
          variant="default"
          px="sm"
          disabled={chosen === now}
          onClick={() => onChoose(now)}
          title="Key: n"
        >
          Now
        </Button>
      </Group>
    </Group>
  )
}

/** Newest first: what people look for is mostly recent. */
function options(moments: TimeLineMoment[]) {
  return moments
    .map((moment, i) => ({ value: String(i), label: `${formatDateTime(moment.created)} · ${moment.tag}` }))
    .reverse()
}
