import { Button, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import { toApiError } from '../../api/errors'
import { useStartRestore } from '../../api/mutations'
import { restorePlanQuery } from '../../api/queries'
import type { Job, RestoreRequest } from '../../api/types'
import { useMe } from '../../components/frame/me'
import { ErrorNote } from '../../ui/ErrorNote'
import { Loading } from '../../ui/Loading'
import { When } from '../../ui/When'
import type { Past } from '../../util/past'
import { displayPath, parentPath } from '../../util/relpath'
import { mayRestoreInPlace } from '../../util/roles'
import { PlanView } from './PlanView'
import { type Choices, chosenRequest, RestoreChoices } from './RestoreChoices'
import classes from './RestoreForm.module.css'
import { restoreLabel } from './restore-label'

type Props = { dataset: string; from: Past; paths: string[]; onStarted: (job: Job) => void }

/** The choices, and below them the plan as it is computed. */
export function RestoreForm({ dataset, from, paths, onStarted }: Props) {
  const me = useMe()
  const home = parentPath(paths[0] ?? '')
  const [choices, setChoices] = useState<Choices>({
    // Where it may not go back to where it was, another place is to be chosen.
    elsewhere: !mayRestoreInPlace(me, dataset),
    folder: { dataset, path: home },
    onConflict: 'rename',
  })
  const request: RestoreRequest = { dataset, at: from.at, paths, ...chosenRequest(choices) }
  const plan = useQuery(restorePlanQuery(request))
  const start = useStartRestore()
  const label = plan.data && restoreLabel(plan.data)

  const restore = () => {
    if (plan.data === undefined) return
    start.mutate(
      { ...request, plan: plan.data.plan },
      {
        onSuccess: onStarted,
        // Something changed meanwhile: show what would happen now, and let the person decide again.
        onError: () => void plan.refetch(),
      },
    )
  }

  return (
    <Stack gap="md">
      <div>
        <Text size="sm" fw={600}>
          From
        </Text>
        <Text size="sm">
          <When at={from.created} c="var(--nm-time)" /> ·{' '}
          <Text span size="sm" ff="monospace">
            {dataset}@{from.tag}
          </Text>
        </Text>
      </div>
      <RestoreChoices home={homeWords(paths, dataset)} value={choices} onChange={setChoices} />
      {start.isError ? <ErrorNote error={start.error} title={startTitle(start.error)} /> : null}
      {plan.isError ? (
        <ErrorNote error={plan.error} title="This can’t be planned" onRetry={() => void plan.refetch()} />
      ) : plan.data === undefined ? (
        <Loading what="the plan" rows={3} />
      ) : (
        <PlanView plan={plan.data} />
      )}
      <Group justify="flex-end" className={classes.actions}>
        <Button
          disabled={label?.possible !== true || plan.isError || plan.isPlaceholderData}
          loading={start.isPending}
          onClick={restore}
          maw="100%"
        >
          {label?.label ?? 'Restore'}
        </Button>
      </Group>
    </Stack>
  )
}

/** The folder, where all are of the same. */
function homeWords(paths: string[], dataset: string): string {
  const [folder = '', ...others] = new Set(paths.map(parentPath))
  return others.length === 0 ? `${displayPath(folder)} in ${dataset}` : `Each into its folder in ${dataset}`
}

export function startTitle(error: unknown): string {
  return toApiError(error).code === 'plan_stale'
    ? 'Something changed meanwhile. Below is what would happen now.'
    : 'The restore did not start'
}
