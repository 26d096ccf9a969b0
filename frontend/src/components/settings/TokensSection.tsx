import { Button, Group, Stack, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import { useRevokeToken } from '../../api/mutations'
import { tokensQuery } from '../../api/queries'
import type { Token } from '../../api/types'
import { CreateTokenDialog } from '../../forms/CreateTokenDialog'
import { ConfirmDialog } from '../../ui/ConfirmDialog'
import { Empty } from '../../ui/Empty'
import { ErrorNote } from '../../ui/ErrorNote'
import { Loading } from '../../ui/Loading'
import { When } from '../../ui/When'
import { WideTable } from '../../ui/WideTable'

/** Tokens let scripts in without a password. */
export function TokensSection() {
  const { data: tokens, error, isPending, refetch } = useQuery(tokensQuery)
  const [creating, setCreating] = useState(false)
  const [revoking, setRevoking] = useState<Token | null>(null)
  const revoke = useRevokeToken()
  return (
    <Stack>
      <Group justify="space-between">
        <Text size="sm" c="dimmed" maw={560}>
          A token lets a script in, with a role and until a date. It goes into the header “Authorization:
          Bearer …”.
        </Text>
        <Button onClick={() => setCreating(true)}>Create token…</Button>
      </Group>
      {tokens !== undefined ? (
        tokens.length === 0 ? (
          <Empty title="No tokens">Create one for each script, so that each can be revoked alone.</Empty>
        ) : (
          <TokenTable tokens={tokens} onRevoke={setRevoking} />
        )
      ) : isPending ? (
        <Loading what="tokens" />
      ) : (
        <ErrorNote title="The tokens can’t be shown" error={error} onRetry={() => void refetch()} />
      )}
      {creating ? <CreateTokenDialog onClose={() => setCreating(false)} /> : null}
      {revoking === null ? null : (
        <ConfirmDialog
          title={`Revoke the token ${revoking.name}`}
          action={`Revoke ${revoking.name}`}
          pending={revoke.isPending}
          error={revoke.error}
          onConfirm={() => revoke.mutate(revoking.id, { onSuccess: () => setRevoking(null) })}
          onClose={() => {
            revoke.reset()
            setRevoking(null)
          }}
        >
          Whatever uses it is refused from then on. This can’t be taken back.
        </ConfirmDialog>
      )}
    </Stack>
  )
}

function TokenTable({ tokens, onRevoke }: { tokens: Token[]; onRevoke: (token: Token) => void }) {
  return (
    <WideTable label="Tokens" minWidth={760}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Name</Table.Th>
          <Table.Th>User</Table.Th>
          <Table.Th>Role</Table.Th>
          <Table.Th>Expires</Table.Th>
          <Table.Th>Last used</Table.Th>
          <Table.Th>Actions</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {tokens.map((token) => (
          <Table.Tr key={token.id}>
            <Table.Td>{token.name}</Table.Td>
            <Table.Td>{token.user}</Table.Td>
            <Table.Td>{token.role}</Table.Td>
            <Table.Td>
              <When at={token.expires_at} size="sm" />
            </Table.Td>
            <Table.Td>
              <When at={token.last_used_at} size="sm" />
            </Table.Td>
            <Table.Td>
              <Button
                variant="default"
                size="compact-xs"
                aria-label={`Revoke ${token.name}…`}
                onClick={() => onRevoke(token)}
              >
                Revoke…
              </Button>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </WideTable>
  )
}
