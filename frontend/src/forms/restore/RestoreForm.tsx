import { Button, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'

import { toApiError } from '../../api/errors'
import { useStartRestore } from '../../api/mutations'
import type { Job } from '../../api/types'
import { useMe } from '../../components/frame/me'
import { ErrorNote } from '../../ui/ErrorNote'
import { Loading } from '../../ui/Loading'
import { displayPath, parentPath } from '../../util/relpath'
import { mayRestoreInPlace } from '../../util/roles'
import { type Choices, withSingle } from './choices'
import { GroupLine } from './GroupLine'
import { PlanView } from './PlanView'
import { RestoreChoices } from './RestoreChoices'
import classes from './RestoreForm.module.css'
import { groupKey, type RestoreGroup } from './restore-groups'
import { restoreLabel } from './restore-label'
import { type GroupPlan, usePlans } from './use-plans'

type Props = { groups: RestoreGroup[]; onStarted: (group: RestoreGroup, job: Job) => void }

/** The choices for all, and below them a plan for each dataset and moment, as it is computed. */
export function RestoreForm({ groups, onStarted }: Props) {
  const [only] = groups
  const homeRefused = useHomeRefusal(groups)
  const [choices, setChoices] = useState<Choices>(() => ({
    elsewhere: homeRefused !== null,
    folder: {
      dataset: only?.dataset ?? '',
      path: groups.length === 1 ? parentPath(only?.paths[0] ?? '') : '',
    },
    onConflict: 'rename',
    addedSince: 'leave',
    keepSetid: false,
    single: {},
  }))
  const { plans, ready, busy } = usePlans(groups, choices)
  const { restore, starting, errors } = useRestoreAll(plans, onStarted)
  const known = plans.flatMap(({ query }) => query.data ?? [])
  const label = restoreLabel(known, choices)
  return (
    <Stack gap="md">
      {groups.length === 1 && only !== undefined ? (
        <div>
          <Text size="sm" fw={600}>
            From
          </Text>
          <GroupLine group={only} />
        </div>
      ) : null}
      <RestoreChoices
        home={homeWords(groups)}
        homeRefused={homeRefused}
        sources={groups.map(({ dataset }) => dataset)}
        folders={known.some(({ items }) => items.some(({ kind }) => kind === 'directory'))}
        value={choices}
        onChange={setChoices}
      />
      {plans.map((plan) => (
        <div key={groupKey(plan.group)}>
          {groups.length === 1 ? null : <GroupLine group={plan.group} counted />}
          <PlanPart
            label={groups.length === 1 ? 'Plan' : `Plan for ${plan.group.dataset}@${plan.group.from.tag}`}
            plan={plan}
            busy={busy}
            choices={choices}
            error={errors.get(groupKey(plan.group))}
            onChange={setChoices}
          />
        </div>
      ))}
      <Group justify="flex-end" className={classes.actions}>
        <Button
          className={classes.start ?? ''}
          disabled={!ready || !label.possible}
          loading={starting}
          onClick={restore}
        >
          {known.length === plans.length ? label.label : 'Restore'}
        </Button>
      </Group>
    </Stack>
  )
}

type PartProps = {
  label: string
  plan: GroupPlan
  busy: boolean
  choices: Choices
  /** Why the group’s restore did not start. */
  error: unknown
  onChange: (choices: Choices) => void
}

function PlanPart({ label, plan: { group, query }, busy, choices, error, onChange }: PartProps) {
  return (
    <>
      {error === undefined ? null : <ErrorNote error={error} title={startTitle(error)} />}
      {query.isError ? (
        <ErrorNote error={query.error} title="This can’t be planned" onRetry={() => void query.refetch()} />
      ) : query.data === undefined ? (
        <Loading what="the plan" rows={3} />
      ) : (
        <PlanView
          label={label}
          plan={query.data}
          busy={busy}
          addedSince={choices.addedSince}
          single={choices.single[groupKey(group)] ?? {}}
          onSingle={(path, policy) => onChange(withSingle(choices, group, path, policy))}
        />
      )}
    </>
  )
}

/** Starts a job for each group, and keeps why one did not start. */
function useRestoreAll(plans: GroupPlan[], onStarted: Props['onStarted']) {
  const [errors, setErrors] = useState<ReadonlyMap<string, unknown>>(new Map())
  const [starting, setStarting] = useState(false)
  const { mutateAsync } = useStartRestore()
  // One after the other: the server runs them in this order, so where two lead to the same place the newer comes last.
  const restoreAll = async () => {
    setStarting(true)
    const failed = new Map<string, unknown>()
    for (const { group, request, query } of plans) {
      if (query.data === undefined) continue
      try {
        onStarted(group, await mutateAsync({ ...request, plan: query.data.plan }))
      } catch (error) {
        failed.set(groupKey(group), error)
        // Something changed meanwhile: show what would happen now, and let the person decide again.
        void query.refetch()
      }
    }
    setErrors(failed)
    setStarting(false)
  }
  return { restore: () => void restoreAll(), starting, errors }
}

/** Why the user may not restore all of it to where it was; null: it may be. */
function useHomeRefusal(groups: RestoreGroup[]): string | null {
  const me = useMe()
  const lacking = groups.find(({ dataset }) => !mayRestoreInPlace(me, dataset))
  return lacking === undefined
    ? null
    : `You may not restore to ${lacking.dataset}. An administrator can grant that.`
}

/** The folder, where all are of the same. */
function homeWords(groups: RestoreGroup[]): string {
  const [only] = groups
  if (groups.length !== 1 || only === undefined) return 'Each into its folder in its dataset'
  const [folder = '', ...others] = new Set(only.paths.map(parentPath))
  return others.length === 0
    ? `${displayPath(folder)} in ${only.dataset}`
    : `Each into its folder in ${only.dataset}`
}

function startTitle(error: unknown): string {
  return toApiError(error).code === 'plan_stale'
    ? 'Something changed meanwhile. Below is what would happen now.'
    : 'The restore did not start'
}
