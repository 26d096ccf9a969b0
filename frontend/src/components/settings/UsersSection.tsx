import { Button, Group, Stack, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import { useDeleteUser } from '../../api/mutations'
import { usersQuery } from '../../api/queries'
import type { User } from '../../api/types'
import { GrantsDialog } from '../../forms/grants/GrantsDialog'
import { UserDialog } from '../../forms/UserDialog'
import { ConfirmDialog } from '../../ui/ConfirmDialog'
import { ErrorNote } from '../../ui/ErrorNote'
import { Loading } from '../../ui/Loading'
import { When } from '../../ui/When'
import { WideTable } from '../../ui/WideTable'
import { useMe } from '../frame/me'

/** Who may sign in, and as what. For admins. */
export function UsersSection() {
  const { data: users, error, isPending, refetch } = useQuery(usersQuery)
  const [editing, setEditing] = useState<User | 'new' | null>(null)
  const [granting, setGranting] = useState<User | null>(null)
  const [deleting, setDeleting] = useState<User | null>(null)
  const remove = useDeleteUser()
  return (
    <Stack>
      <Group justify="space-between">
        <Text size="sm" c="dimmed">
          Who may sign in, as what, and whose files they see.
        </Text>
        <Button onClick={() => setEditing('new')}>Add user…</Button>
      </Group>
      {users !== undefined ? (
        <UserTable users={users} onEdit={setEditing} onGrant={setGranting} onDelete={setDeleting} />
      ) : isPending ? (
        <Loading what="users" />
      ) : (
        <ErrorNote title="The users can’t be shown" error={error} onRetry={() => void refetch()} />
      )}
      {editing === null ? null : (
        <UserDialog
          user={editing === 'new' ? null : editing}
          onClose={() => setEditing(null)}
          // Who sees nothing yet is to be told what to see.
          onMade={(user) => setGranting(user.restricted ? user : null)}
        />
      )}
      {granting === null ? null : <GrantsDialog user={granting} onClose={() => setGranting(null)} />}
      {deleting === null ? null : (
        <ConfirmDialog
          title={`Delete the user ${deleting.name}`}
          action={`Delete ${deleting.name}`}
          pending={remove.isPending}
          error={remove.error}
          onConfirm={() => remove.mutate(deleting.id, { onSuccess: () => setDeleting(null) })}
          onClose={() => {
            remove.reset()
            setDeleting(null)
          }}
        >
          Sessions and tokens of {deleting.name} end as well. To keep the account for later, disable it
          instead.
        </ConfirmDialog>
      )}
    </Stack>
  )
}

type TableProps = {
  users: User[]
  onEdit: (user: User) => void
  onGrant: (user: User) => void
  onDelete: (user: User) => void
}

function UserTable({ users, onEdit, onGrant, onDelete }: TableProps) {
  const me = useMe()
  return (
    <WideTable label="Users" minWidth={760}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Name</Table.Th>
          <Table.Th>Role</Table.Th>
          <Table.Th>Sees</Table.Th>
          <Table.Th>May sign in</Table.Th>
          <Table.Th>Last sign-in</Table.Th>
          <Table.Th>Actions</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {users.map((user) => (
          <Table.Tr key={user.id}>
            <Table.Td>
              {user.name}
              {user.id === me.user.id ? (
                <Text span size="sm" c="dimmed">
                  {' '}
                  · you
                </Text>
              ) : null}
            </Table.Td>
            <Table.Td>{user.role}</Table.Td>
            <Table.Td>{user.restricted ? 'some datasets' : 'everything'}</Table.Td>
            <Table.Td>{user.disabled ? 'no, disabled' : 'yes'}</Table.Td>
            <Table.Td>
              <When at={user.last_login_at} size="sm" />
            </Table.Td>
            <Table.Td>
              <Group gap={6} wrap="nowrap">
                <Button
                  variant="default"
                  size="compact-xs"
                  aria-label={`Edit ${user.name}…`}
                  onClick={() => onEdit(user)}
                >
                  Edit…
                </Button>
                <Button
                  variant="default"
                  size="compact-xs"
                  aria-label={`Files that ${user.name} may see…`}
                  disabled={user.role === 'admin'}
                  title={user.role === 'admin' ? 'Administrators see everything.' : undefined}
                  onClick={() => onGrant(user)}
                >
                  Files…
                </Button>
                <Button
                  variant="default"
                  size="compact-xs"
                  aria-label={`Delete ${user.name}…`}
                  disabled={user.id === me.user.id}
                  title={user.id === me.user.id ? 'You can’t delete yourself.' : undefined}
                  onClick={() => onDelete(user)}
                >
                  Delete…
                </Button>
              </Group>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </WideTable>
  )
}
