import { Button, Group, Stack } from '@mantine/core'
import { useQueries } from '@tanstack/react-query'
import { useState } from 'react'

import { useStartRestore } from '../../api/mutations'
import { restorePlanQuery } from '../../api/queries'
import type { Job, RestoreRequest } from '../../api/types'
import { ErrorNote } from '../../ui/ErrorNote'
import { Loading } from '../../ui/Loading'
import { GroupLine } from './GroupLine'
import { PlanView } from './PlanView'
import { type Choices, chosenRequest, RestoreChoices } from './RestoreChoices'
import { groupKey, type RestoreGroup } from './restore-groups'
import { restoreLabel } from './restore-label'
import { startTitle } from './RestoreForm'
import classes from './RestoreForm.module.css'

type Props = { groups: RestoreGroup[]; onStarted: (group: RestoreGroup, job: Job) => void }

/** The choices for all, and below them a plan for each dataset and moment. */
export function RestoreManyForm({ groups, onStarted }: Props) {
  const [choices, setChoices] = useState<Choices>({
    elsewhere: false,
    folder: { dataset: groups[0]?.dataset ?? '', path: '' },
    onConflict: 'rename',
  })
  const [errors, setErrors] = useState<ReadonlyMap<string, unknown>>(new Map())
  const [starting, setStarting] = useState(false)
  const start = useStartRestore()
  const requests = groups.map(({ dataset, from, paths }): RestoreRequest => ({
    dataset,
    at: from.at,
    paths,
    ...chosenRequest(choices),
  }))
  const plans = useQueries({ queries: requests.map((request) => restorePlanQuery(request)) })
  const known = plans.flatMap(({ data }) => data ?? [])
  const ready = plans.every((plan) => plan.isSuccess && !plan.isPlaceholderData)
  const label = restoreLabel({ items: known.flatMap(({ items }) => items) })

  // One after the other: where two would restore to the same place, the later has to see what the earlier did.
  const restore = async () => {
    setStarting(true)
    const failed = new Map<string, unknown>()
    for (const [i, group] of groups.entries()) {
      const [request, plan] = [requests[i], plans[i]]
      if (request === undefined || plan?.data === undefined) continue
      try {
        onStarted(group, await start.mutateAsync({ ...request, plan: plan.data.plan }))
      } catch (error) {
        failed.set(groupKey(group), error)
        void plan.refetch()
      }
    }
    setErrors(failed)
    setStarting(false)
  }

  return (
    <Stack gap="md">
      <RestoreChoices home="Each into its folder in its dataset" value={choices} onChange={setChoices} />
      {groups.map((group, i) => {
        const plan = plans[i]
        const error = errors.get(groupKey(group))
        return (
          <section key={groupKey(group)} aria-label={`Plan for ${group.dataset}@${group.from.tag}`}>
            <GroupLine group={group} />
            {error === undefined ? null : <ErrorNote error={error} title={startTitle(error)} />}
            {plan?.isError === true ? (
              <ErrorNote
                error={plan.error}
                title="This can’t be planned"
                onRetry={() => void plan.refetch()}
              />
            ) : plan?.data === undefined ? (
              <Loading what="the plan" rows={2} />
            ) : (
              <PlanView plan={plan.data} />
            )}
          </section>
        )
      })}
      <Group justify="flex-end" className={classes.actions}>
        <Button
          disabled={!ready || !label.possible}
          loading={starting}
          onClick={() => void restore()}
          maw="100%"
        >
          {ready ? label.label : 'Restore'}
        </Button>
      </Group>
    </Stack>
  )
}
