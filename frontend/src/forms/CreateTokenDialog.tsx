import { Button, CopyButton, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core'
import { type SyntheticEvent, useState } from 'react'

import { useCreateToken } from '../api/mutations'
import type { NewToken, Role } from '../api/types'
import { useMe } from '../components/frame/me'
import { MONOSPACE } from '../theme'
import { ErrorNote } from '../ui/ErrorNote'
import { RoleSelect } from './RoleSelect'

const EXPIRY = [
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: '365', label: 'In a year' },
  { value: '', label: 'Never' },
]

/** A new token; its secret is shown this once. */
export function CreateTokenDialog({ onClose }: { onClose: () => void }) {
  const [made, setMade] = useState<NewToken | null>(null)
  return (
    <Modal
      opened
      onClose={onClose}
      title={made === null ? 'Create a token' : `The token ${made.token.name}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
      // The secret is not shown again: only a button closes it.
      closeOnClickOutside={made === null}
      closeOnEscape={made === null}
    >
      {made === null ? <Form onMade={setMade} onClose={onClose} /> : <Secret made={made} onClose={onClose} />}
    </Modal>
  )
}

function Form({ onMade, onClose }: { onMade: (made: NewToken) => void; onClose: () => void }) {
  const me = useMe()
  const create = useCreateToken()
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('viewer')
  const [days, setDays] = useState('90')

  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    create.mutate(
      { name: name.trim(), role, expires_in_days: days === '' ? null : Number(days) },
      { onSuccess: onMade },
    )
  }

  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label="Token name"
          description="What it is for: “home assistant”, “nightly script”."
          required
          withAsterisk={false}
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <RoleSelect value={role} onChange={setRole} highest={me.role} />
        <Select
          label="Expires"
          allowDeselect={false}
          data={EXPIRY}
          value={days}
          onChange={(value) => setDays(value ?? '')}
        />
        {create.isError ? <ErrorNote error={create.error} /> : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={create.isPending}>
            Create token
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function Secret({ made, onClose }: { made: NewToken; onClose: () => void }) {
  return (
    <Stack>
      <Text size="sm">Copy it now: it is stored only as a hash and can’t be shown again.</Text>
      <TextInput
        label="Secret"
        readOnly
        styles={MONOSPACE}
        value={made.secret}
        onFocus={(e) => e.currentTarget.select()}
      />
      <Group justify="flex-end">
        <CopyButton value={made.secret}>
          {({ copied, copy }) => (
            <Button variant={copied ? 'default' : 'filled'} onClick={copy}>
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
        <Button variant="default" onClick={onClose}>
          Done
        </Button>
      </Group>
    </Stack>
  )
}
