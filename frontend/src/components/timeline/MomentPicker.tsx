import { ActionIcon, Button, Group, Select, Text } from '@mantine/core'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { useMemo, useState } from 'react'

import type { TimeLineMoment } from '../../api/types'
import { formatDateTime } from '../../util/dates'

const NOW = 'Now'

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
  const [typed, setTyped] = useState('')
  const [open, setOpen] = useState(false)
  // Closed, it shows but one; hundreds of dates would be put into words at each step through time.
  const choices = useMemo(
    () => (open ? offered(moments, chosen, typed) : shown(moments, chosen)),
    [open, moments, chosen, typed],
  )
  return (
    <Group gap={6} align="flex-end" wrap="nowrap" miw={0} flex="1 1 300px">
      <Select
        label="Moment"
        searchable
        onSearchChange={setTyped}
        onDropdownOpen={() => setOpen(true)}
        onDropdownClose={() => setOpen(false)}
        filter={({ options }) => options}
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

/** So many are offered at once; the others are found by typing. */
const OFFERED = 200

type Option = { value: string; label: string }

function optionOf(moments: TimeLineMoment[], index: number): Option {
  const moment = moments[index]
  const label = moment === undefined ? NOW : `${formatDateTime(moment.created)} · ${moment.tag}`
  return { value: String(index), label }
}

/** Now, and the chosen one. */
function shown(moments: TimeLineMoment[], chosen: number | null): [Option, ...Option[]] {
  const own = chosen === null || chosen === moments.length ? [] : [optionOf(moments, chosen)]
  return [optionOf(moments, moments.length), ...own]
}

/**
 * Now, and those whose date or name holds what is typed: newest first, since what people look for is mostly recent. The chosen
 * one is always among them.
 */
export function offered(moments: TimeLineMoment[], chosen: number | null, typed: string): Option[] {
  const [now, ...own] = shown(moments, chosen)
  // The field holds the chosen one’s words until something else is typed.
  const words = [now, ...own].some(({ label }) => label === typed) ? '' : typed.trim().toLowerCase()
  const options: Option[] = []
  for (let index = moments.length - 1; index >= 0 && options.length < OFFERED; index--) {
    const one = optionOf(moments, index)
    if (words === '' || one.label.toLowerCase().includes(words)) options.push(one)
  }
  const first = words === '' || NOW.toLowerCase().includes(words) ? [now] : []
  const missing = own.filter(({ value }) => !options.some((one) => one.value === value))
  return [...first, ...options, ...missing, ...(first.length === 0 && own.length === 0 ? [now] : [])]
}
