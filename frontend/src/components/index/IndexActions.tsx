import { Button, Group, Stack } from '@mantine/core'
import { useState } from 'react'

import { useChangeIndex, useIndexDataset } from '../../api/mutations'
import type { IndexedDataset } from '../../api/types'
import { ConfirmDialog } from '../../ui/ConfirmDialog'
import { ErrorNote } from '../../ui/ErrorNote'
import { Reasoned } from '../../ui/Reasoned'
import { refusal } from '../../util/roles'
import { plural } from '../../util/sizes'
import { useMe } from '../frame/me'

/** Look now, forget all and look anew, leave out or take in again. */
export function IndexActions({ dataset }: { dataset: IndexedDataset }) {
  const { role } = useMe()
  const start = useIndexDataset(dataset.dataset)
  const change = useChangeIndex(dataset.dataset)
  const [confirming, setConfirming] = useState(false)
  const refused = refusal(role, 'operator')
  const idle = refused ?? idleReason(dataset)
  const { excluded } = dataset
  return (
    <Stack gap="xs">
      <Group gap="xs">
        <Reasoned reason={idle}>
          <Button
            disabled={idle !== null}
            loading={start.isPending && !confirming}
            onClick={() => start.mutate(false)}
          >
            Index now
          </Button>
        </Reasoned>
        <Reasoned reason={idle}>
          <Button
            variant="default"
            disabled={idle !== null}
            onClick={() => {
              start.reset()
              setConfirming(true)
            }}
          >
            Index from scratch…
          </Button>
        </Reasoned>
        <Reasoned reason={refused}>
          <Button
            variant="default"
            disabled={refused !== null}
            loading={change.isPending}
            onClick={() => change.mutate({ excluded: !excluded })}
          >
            {excluded ? 'Include' : 'Exclude'}
          </Button>
        </Reasoned>
      </Group>
      {start.isError && !confirming ? <ErrorNote title="It was not begun" error={start.error} /> : null}
      {change.isError ? <ErrorNote title="It was not changed" error={change.error} /> : null}
      {confirming ? (
        <ConfirmDialog
          title={`Index ${dataset.dataset} from scratch`}
          action={`Index ${dataset.dataset} from scratch`}
          pending={start.isPending}
          error={start.error}
          onConfirm={() => start.mutate(true, { onSuccess: () => setConfirming(false) })}
          onClose={() => setConfirming(false)}
        >
          What is known of {dataset.dataset} is forgotten. Then its oldest snapshot is walked whole and each
          of the others is read again: {plural(dataset.snapshots.total, 'snapshot')} in all. Until that is
          done, versions and deleted files of it are known in part only. Files and snapshots stay as they are.
        </ConfirmDialog>
      ) : null}
    </Stack>
  )
}

/** Why indexing can’t be begun now. */
export function idleReason({ excluded, state, dataset }: IndexedDataset): string | null {
  if (excluded) return `${dataset} is excluded. Include it first.`
  return state === 'indexing' ? 'It is being indexed already.' : null
}
