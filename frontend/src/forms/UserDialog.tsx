import { Button, Group, Modal, PasswordInput, Stack, Switch, TextInput } from '@mantine/core'
import { type SyntheticEvent, useState } from 'react'

import { toApiError } from '../api/errors'
import { useChangeUser, useCreateUser } from '../api/mutations'
import type { User } from '../api/types'
import { ErrorNote } from '../ui/ErrorNote'
import { RoleSelect } from './RoleSelect'

type Props = { user: User | null; onClose: () => void; onMade: (user: User) => void }

/** A new user (null), or changes to one. */
export function UserDialog({ user, onClose, onMade }: Props) {
  const [name, setName] = useState(user?.name ?? '')
  const [role, setRole] = useState(user?.role ?? 'viewer')
  const [password, setPassword] = useState('')
  const [restricted, setRestricted] = useState(false)
  const [disabled, setDisabled] = useState(user?.disabled ?? false)
  const create = useCreateUser()
  const change = useChangeUser(user?.id ?? 0)
  const { isPending, error: thrown } = user === null ? create : change
  const error = thrown === null ? null : toApiError(thrown)
  const at = (field: string) => (error?.field === field ? error.message : undefined)

  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    if (user === null) {
      create.mutate(
        { name: name.trim(), password, role, restricted: restricted && role !== 'admin' },
        {
          onSuccess: (made) => {
            onClose()
            onMade(made)
          },
        },
      )
    } else {
      // Only what changed: a field that is sent counts as a wish.
      change.mutate(
        {
          role: role === user.role ? undefined : role,
          disabled: disabled === user.disabled ? undefined : disabled,
          password: password === '' ? undefined : password,
        },
        { onSuccess: onClose },
      )
    }
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title={user === null ? 'Add a user' : `Edit ${user.name}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form onSubmit={submit}>
        <Stack>
          {user === null ? (
            <TextInput
              label="User name"
              autoComplete="off"
              required
              withAsterisk={false}
              data-autofocus
              value={name}
              error={at('name')}
              onChange={(event) => setName(event.currentTarget.value)}
            />
          ) : null}
          <RoleSelect value={role} onChange={setRole} />
          <PasswordInput
            label={user === null ? 'Initial password' : 'New password'}
            description={user === null ? undefined : 'Left empty, it stays as it is.'}
            autoComplete="new-password"
            required={user === null}
            withAsterisk={false}
            value={password}
            error={at('password')}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          {user === null && role !== 'admin' ? (
            <Switch
              label="Sees only some datasets"
              description="Which ones is asked next. Off: sees all files."
              checked={restricted}
              onChange={(event) => setRestricted(event.currentTarget.checked)}
            />
          ) : null}
          {user === null ? null : (
            <Switch
              label="May sign in"
              checked={!disabled}
              onChange={(event) => setDisabled(!event.currentTarget.checked)}
            />
          )}
          {error === null || at('name') !== undefined || at('password') !== undefined ? null : (
            <ErrorNote error={error} />
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={isPending}>
              {user === null ? 'Add user' : 'Save'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
