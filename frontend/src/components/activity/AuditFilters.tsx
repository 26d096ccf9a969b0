import { Button, Group, Select, TextInput } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { type SyntheticEvent, useState } from 'react'

import { datasetsQuery, usersQuery } from '../../api/queries'
import type { AuditAction } from '../../api/types'
import { ACTIONS, type AuditFilter, NO_FILTER } from '../../util/audit'

type Props = { filter: AuditFilter; onChange: (filter: AuditFilter) => void }

/** What to show of the log. Choices take effect at once, a text when it is sent. */
export function AuditFilters({ filter, onChange }: Props) {
  const { data: users = [] } = useQuery(usersQuery)
  const { data: datasets = [] } = useQuery(datasetsQuery)
  const [text, setText] = useState(filter.q)
  // On a phone they would fill the screen, and the log be out of sight.
  const phone = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false })
  const [open, setOpen] = useState(false)
  const change = (part: Partial<AuditFilter>) => onChange({ ...filter, ...part })
  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    change({ q: text.trim() })
  }
  const actions = Object.entries(ACTIONS).map(([value, label]) => ({ value, label }))
  const filtered = Object.values(filter).some((value) => value !== '')
  const chosen = Object.values({ ...filter, q: '' }).filter((value) => value !== '').length
  const find = (
    <Button type="submit" variant="default">
      Find
    </Button>
  )
  const choices = (
    <>
      <Select
        label="Who"
        placeholder="Anybody"
        w={phone ? '100%' : 150}
        clearable
        searchable
        data={withCurrent(
          users.map(({ name }) => name),
          filter.user,
        )}
        value={filter.user === '' ? null : filter.user}
        onChange={(user) => change({ user: user ?? '' })}
      />
      <Select
        label="What"
        placeholder="Anything"
        w={phone ? '100%' : 200}
        clearable
        data={actions}
        value={filter.action === '' ? null : filter.action}
        onChange={(action) => change({ action: (action ?? '') as AuditAction | '' })}
      />
      <Select
        label="Dataset"
        placeholder="Any"
        w={phone ? '100%' : 200}
        clearable
        searchable
        data={withCurrent(
          datasets.map(({ name }) => name),
          filter.dataset,
        )}
        value={filter.dataset === '' ? null : filter.dataset}
        onChange={(dataset) => change({ dataset: dataset ?? '' })}
      />
      <TextInput
        type="date"
        label="From day"
        value={filter.from}
        onChange={(event) => change({ from: event.currentTarget.value })}
      />
      <TextInput
        type="date"
        label="To day"
        value={filter.to}
        onChange={(event) => change({ to: event.currentTarget.value })}
      />
    </>
  )
  return (
    <form onSubmit={submit} role="search" aria-label="Audit log">
      <Group gap="sm" align="flex-end">
        <TextInput
          label="Find"
          placeholder="A file, a detail, a request"
          w={phone ? undefined : 240}
          flex={phone ? 1 : undefined}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onBlur={() => {
            if (text.trim() !== filter.q) change({ q: text.trim() })
          }}
        />
        {/* Without it, Enter would send nothing: there are several fields. */}
        {phone ? find : null}
        {phone ? (
          <Button variant="default" aria-expanded={open} onClick={() => setOpen(!open)}>
            {chosen === 0 ? 'Filter' : `Filter (${chosen})`}
          </Button>
        ) : null}
        {phone && !open ? null : choices}
        {phone ? null : find}
        {filtered ? (
          <Button
            variant="default"
            onClick={() => {
              setText('')
              onChange(NO_FILTER)
            }}
          >
            Show all
          </Button>
        ) : null}
      </Group>
    </form>
  )
}

/** One that is gone can still be in the log. */
function withCurrent(names: string[], current: string): string[] {
  return current === '' || names.includes(current) ? names : [current, ...names]
}
