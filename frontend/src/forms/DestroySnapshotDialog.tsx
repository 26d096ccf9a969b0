import { Button, Group, List, Modal, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'

import { useDestroySnapshot } from '../api/mutations'
import { destroyPlanQuery } from '../api/queries'
import type { DestroyPlan, Snapshot } from '../api/types'
import { Bytes } from '../ui/Bytes'
import { ErrorNote } from '../ui/ErrorNote'
import { Loading } from '../ui/Loading'
import { StateMark } from '../ui/StateMark'
import { When } from '../ui/When'

/** What would go and what would come back; then, perhaps, the deed. */
export function DestroySnapshotDialog({ snapshot, onClose }: { snapshot: Snapshot; onClose: () => void }) {
  const plan = useQuery(destroyPlanQuery(snapshot))
  const destroy = useDestroySnapshot(snapshot.dataset)
  const confirm = () => {
    if (plan.data === undefined) return
    destroy.mutate(plan.data, { onSuccess: onClose, onError: () => void plan.refetch() })
  }
  return (
    <Modal opened onClose={onClose} title="Destroy a snapshot" closeButtonProps={{ 'aria-label': 'Close' }}>
      <Stack>
        <div>
          <Text ff="monospace" fw={600} style={{ overflowWrap: 'anywhere' }}>
            {snapshot.name}
          </Text>
          <When at={snapshot.created} size="sm" />
        </div>
        {plan.data !== undefined ? (
          <Plan plan={plan.data} />
        ) : plan.isError ? (
          <ErrorNote title="This can’t be planned" error={plan.error} onRetry={() => void plan.refetch()} />
        ) : (
          <Loading what="the plan" rows={2} />
        )}
        {destroy.isError ? <ErrorNote title="It was not destroyed" error={destroy.error} /> : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            Cancel
          </Button>
          <Button disabled={plan.data?.possible !== true} loading={destroy.isPending} onClick={confirm}>
            Destroy {snapshot.tag}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}

function Plan({ plan }: { plan: DestroyPlan }) {
  return (
    <Stack gap="xs">
      {plan.possible ? (
        <Text size="sm">
          <b>
            <Bytes value={plan.reclaims} />
          </b>{' '}
          would come back. Files that only this snapshot holds are lost for good; no other snapshot changes.
        </Text>
      ) : (
        <StateMark tone="attention">It can’t be destroyed now:</StateMark>
      )}
      {plan.blockers.length === 0 ? null : (
        <List size="sm">
          {plan.blockers.map((blocker) => (
            <List.Item key={`${blocker.kind} ${blocker.name ?? ''}`}>{blocker.detail}</List.Item>
          ))}
        </List>
      )}
    </Stack>
  )
}
