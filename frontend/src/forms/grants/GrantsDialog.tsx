import { Button, Group, Modal, Radio, Select, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import { useChangeGrants } from '../../api/mutations'
import { datasetsQuery, grantsQuery } from '../../api/queries'
import type { User, UserGrants } from '../../api/types'
import { ErrorNote } from '../../ui/ErrorNote'
import { Loading } from '../../ui/Loading'
import { GrantTable } from './GrantTable'
import { type GrantRow, grantsOf, newRow, rowOf } from './rows'

/** Whose files a user may see. */
export function GrantsDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const { data, error, isPending, refetch } = useQuery(grantsQuery(user.id))
  return (
    <Modal
      opened
      onClose={onClose}
      size={940}
      title={`Files that ${user.name} may see`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {data !== undefined ? (
        <Form user={user} before={data} onClose={onClose} />
      ) : isPending ? (
        <Loading what="what may be seen" rows={3} />
      ) : (
        <ErrorNote title="This can’t be shown" error={error} onRetry={() => void refetch()} />
      )}
    </Modal>
  )
}

type FormProps = { user: User; before: UserGrants; onClose: () => void }

function Form({ user, before, onClose }: FormProps) {
  const [restricted, setRestricted] = useState(before.restricted)
  const [rows, setRows] = useState<GrantRow[]>(() => (before.grants ?? []).map(rowOf))
  const change = useChangeGrants(user.id)
  return (
    <Stack>
      <Radio.Group
        label="Which files"
        value={restricted ? 'some' : 'all'}
        onChange={(which) => setRestricted(which === 'some')}
      >
        <Stack gap="xs" mt={4}>
          <Radio
            value="all"
            label="All files"
            description={
              user.role === 'viewer'
                ? 'Sees everything on this server and downloads it; restores nothing.'
                : 'Sees everything on this server, and restores it anywhere.'
            }
          />
          <Radio
            value="some"
            label="Only these datasets"
            description="Sees nothing else: not in lists, not in search. May put back what is ticked."
          />
        </Stack>
      </Radio.Group>
      {restricted ? <Datasets rows={rows} onChange={setRows} /> : null}
      {change.error === null ? null : <ErrorNote error={change.error} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button
          loading={change.isPending}
          onClick={() => change.mutate(grantsOf(restricted, rows), { onSuccess: onClose })}
        >
          Save
        </Button>
      </Group>
    </Stack>
  )
}

function Datasets({ rows, onChange }: { rows: GrantRow[]; onChange: (rows: GrantRow[]) => void }) {
  const { data: datasets = [], error } = useQuery(datasetsQuery)
  const others = datasets.map(({ name }) => name).filter((name) => rows.every((row) => row.dataset !== name))
  return (
    <Stack gap="sm">
      {error === null ? null : <ErrorNote title="The datasets can’t be listed" error={error} />}
      {rows.length === 0 ? (
        <Text size="sm" c="dimmed">
          None yet, so nothing can be seen. Choose one below.
        </Text>
      ) : (
        <GrantTable rows={rows} onChange={onChange} />
      )}
      <Select
        label="Add a dataset"
        placeholder="Choose one"
        searchable
        data={others}
        value={null}
        onChange={(name) => {
          if (name !== null)
            onChange([...rows, newRow(name)].sort((a, b) => (a.dataset < b.dataset ? -1 : 1)))
        }}
        nothingFoundMessage="No dataset of that name"
      />
    </Stack>
  )
}
