import { Button, Group, Radio, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import { toApiError } from '../../api/errors'
import { useStartRestore } from '../../api/mutations'
import { restorePlanQuery } from '../../api/queries'
import type { Job, RestoreRequest } from '../../api/types'
import { ErrorNote } from '../../ui/ErrorNote'
import { Loading } from '../../ui/Loading'
import { When } from '../../ui/When'
import type { Past } from '../../util/past'
import { displayPath, parentPath } from '../../util/relpath'
import { FolderBrowser } from './FolderBrowser'
import { PlanView } from './PlanView'
import classes from './RestoreForm.module.css'
import { restoreLabel } from './restore-label'

type Conflict = NonNullable<RestoreRequest['on_conflict']>
type Props = { dataset: string; from: Past; paths: string[]; onStarted: (job: Job) => void }

const CONFLICTS: { value: Conflict; label: string; description: string }[] = [
  {
    value: 'rename',
    label: 'Keep both',
    description: 'What is there stays; the restored one gets another name.',
  },
  {
    value: 'overwrite',
    label: 'Replace',
    description: 'What is there goes; a snapshot taken before keeps it.',
  },
  {
    value: 'skip',
    label: 'Skip',
    description: 'What is there stays; nothing is restored over or beside it.',
  },
]

/** The choices, and below them the plan as it is computed. */
export function RestoreForm({ dataset, from, paths, onStarted }: Props) {
  const home = parentPath(paths[0] ?? '')
  const [elsewhere, setElsewhere] = useState(false)
  const [folder, setFolder] = useState({ dataset, path: home })
  const [onConflict, setOnConflict] = useState<Conflict>('rename')
  const request: RestoreRequest = {
    dataset,
    at: from.at,
    paths,
    to: elsewhere ? folder : null,
    on_conflict: onConflict,
  }
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
      <Radio.Group
        label="To"
        value={elsewhere ? 'elsewhere' : 'home'}
        onChange={(value) => setElsewhere(value === 'elsewhere')}
      >
        <Stack gap="xs" mt={4}>
          <Radio value="home" label="Where it was" description={`${displayPath(home)} in ${dataset}`} />
          <Radio value="elsewhere" label="Another folder" />
        </Stack>
      </Radio.Group>
      {elsewhere ? <FolderBrowser value={folder} onChange={setFolder} /> : null}
      <Radio.Group
        label="If something is there"
        value={onConflict}
        onChange={(value) => setOnConflict(value)}
      >
        <Stack gap="xs" mt={4}>
          {CONFLICTS.map((conflict) => (
            <Radio key={conflict.value} {...conflict} />
          ))}
        </Stack>
      </Radio.Group>
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

function startTitle(error: unknown): string {
  return toApiError(error).code === 'plan_stale'
    ? 'Something changed meanwhile. Below is what would happen now.'
    : 'The restore did not start'
}
