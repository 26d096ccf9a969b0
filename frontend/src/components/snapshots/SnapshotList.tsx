import { Button, Group, Stack, Text, Title } from '@mantine/core'
import { IconCamera } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'

import { snapshotsQuery } from '../../api/queries'
import type { Dataset, Snapshot } from '../../api/types'
import { DestroySnapshotDialog } from '../../forms/DestroySnapshotDialog'
import { TakeSnapshotDialog } from '../../forms/TakeSnapshotDialog'
import { Empty } from '../../ui/Empty'
import { ErrorNote } from '../../ui/ErrorNote'
import { Loading } from '../../ui/Loading'
import { LoadMore } from '../../ui/LoadMore'
import { Reasoned } from '../../ui/Reasoned'
import { refusal } from '../../util/roles'
import { plural } from '../../util/sizes'
import { useMe } from '../frame/me'
import { SnapshotTable } from './SnapshotTable'

/** A dataset's snapshots, newest first. */
export function SnapshotList({ dataset }: { dataset: Dataset }) {
  const { role } = useMe()
  const query = useInfiniteQuery(snapshotsQuery(dataset.name))
  const [taking, setTaking] = useState(false)
  const [destroying, setDestroying] = useState<Snapshot | null>(null)
  const refused = refusal(role, 'operator')
  const snapshots = query.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <div>
          <Title order={2}>{dataset.name}</Title>
          <Text size="sm" c="dimmed">
            {query.data === undefined ? ' ' : plural(query.data.pages[0]?.total ?? 0, 'snapshot')}
          </Text>
        </div>
        <Reasoned reason={refused}>
          <Button
            leftSection={<IconCamera size={16} aria-hidden />}
            disabled={refused !== null}
            onClick={() => setTaking(true)}
          >
            Take snapshot…
          </Button>
        </Reasoned>
      </Group>
      {query.isPending ? <Loading what="snapshots" rows={8} /> : null}
      {query.isError ? (
        <ErrorNote
          title="The snapshots can’t be shown"
          error={query.error}
          onRetry={() => void query.refetch()}
        />
      ) : null}
      {query.data !== undefined && snapshots.length === 0 ? (
        <Empty title="No snapshot yet">
          A snapshot keeps every file as it is at that moment. Take one above; those that other tools take
          appear here as well.
        </Empty>
      ) : null}
      {snapshots.length > 0 ? (
        <SnapshotTable snapshots={snapshots} browsable={dataset.files.reachable} onDestroy={setDestroying} />
      ) : null}
      <LoadMore query={query} />
      {taking ? <TakeSnapshotDialog dataset={dataset.name} onClose={() => setTaking(false)} /> : null}
      {destroying === null ? null : (
        <DestroySnapshotDialog snapshot={destroying} onClose={() => setDestroying(null)} />
      )}
    </Stack>
  )
}
