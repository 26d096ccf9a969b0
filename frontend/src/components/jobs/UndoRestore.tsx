import { Anchor, Button, Group, Stack, Text } from '@mantine/core'
import { IconArrowBackUp } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { Link } from 'react-router'

import { hasEnded } from '../../api/job-events'
import { useUndoRestore } from '../../api/mutations'
import { jobQuery, restoreQuery } from '../../api/queries'
import type { Restore, RestoreResult } from '../../api/types'
import { ErrorNote } from '../../ui/ErrorNote'
import { paths } from '../../util/paths'
import { restoringRefusal } from '../../util/roles'
import { useMe } from '../frame/me'
import { JobFailure } from './JobFailure'
import { JobProgress } from './JobProgress'
import { countsOf, undoWords } from './restore-words'
import classes from './Restored.module.css'
import { UndoOutcome } from './UndoOutcome'

type Props = {
  jobId: string
  result: RestoreResult
  /** A way out of the dialog that this is in is taken. */
  onLeave?: () => void
}

/** The way back from a restore that has ended: asked for, under way, gone, or why there is none. */
export function UndoRestore({ jobId, result, onLeave }: Props) {
  const { data, error, refetch } = useQuery({
    ...restoreQuery(jobId),
    refetchInterval: ({ state }) => (state.data?.undo.state === 'running' ? 2000 : false),
  })
  if (countsOf(result).restored === 0) return null
  if (data === undefined) {
    return error === null ? null : (
      <ErrorNote
        title="Whether this can be undone is not known"
        error={error}
        onRetry={() => void refetch()}
      />
    )
  }
  const { state, why = null, job = null } = data.undo
  return (
    <>
      {job === null ? null : (
        <section className={classes.undo} aria-label="Undo">
          <Text size="sm" fw={600} mb={4}>
            {UNDO[state]}
          </Text>
          <UndoRun jobId={job} onLeave={onLeave} />
        </section>
      )}
      {state === 'possible' ? (
        <AskUndo jobId={jobId} result={result} again={job === null ? null : (why ?? '')} />
      ) : state === 'impossible' ? (
        <Text size="sm" c="dimmed">
          This can’t be undone{why === null ? '.' : `: ${why}`}
        </Text>
      ) : null}
    </>
  )
}

const UNDO: Record<Restore['undo']['state'], string> = {
  possible: 'This restore was undone in part.',
  running: 'This restore is being undone.',
  done: 'This restore was undone.',
  impossible: 'This restore was undone in part.',
}

/** `again`: it was tried before, and why that was not enough; null: it was not. */
function AskUndo({ jobId, result, again }: Omit<Props, 'onLeave'> & { again: string | null }) {
  const me = useMe()
  const [asking, setAsking] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  const undo = useUndoRestore(jobId)
  const refused = restoringRefusal(me, result.items[0]?.target_dataset ?? null)
  const { text, button: words } = undoWords(result)
  if (!asking) {
    return (
      <>
        {(refused ?? again) ? (
          <Text size="xs" c="dimmed">
            {refused ?? again}
          </Text>
        ) : null}
        <Button
          ref={button}
          variant="default"
          leftSection={<IconArrowBackUp size={16} aria-hidden />}
          disabled={refused !== null}
          onClick={() => setAsking(true)}
        >
          {again === null ? 'Undo…' : 'Undo the rest…'}
        </Button>
      </>
    )
  }
  return (
    <section className={classes.undo} aria-label="Undo this restore">
      <Stack gap="sm">
        <Text size="sm">{text} What was changed since is left as it is, and told.</Text>
        {undo.isError ? <ErrorNote title="The undo did not start" error={undo.error} /> : null}
        <Group justify="flex-end">
          <Button
            variant="default"
            autoFocus
            onClick={() => {
              setAsking(false)
              // The button is there again only after this.
              setTimeout(() => button.current?.focus())
            }}
          >
            Keep it
          </Button>
          <Button
            loading={undo.isPending}
            onClick={() => undo.mutate(undefined, { onSuccess: () => setAsking(false) })}
          >
            {words}
          </Button>
        </Group>
      </Stack>
    </section>
  )
}

/** The job that undoes: how far it is, and what came of it. */
function UndoRun({ jobId, onLeave }: { jobId: string; onLeave: Props['onLeave'] }) {
  const { data: job, error } = useQuery({
    ...jobQuery(jobId),
    refetchInterval: ({ state }) => (state.data && hasEnded(state.data) ? false : 2000),
  })
  if (error !== null) return <ErrorNote title="The undo can’t be shown" error={error} />
  if (job === undefined) return null
  return (
    <Stack gap="xs">
      <JobProgress job={job} />
      <JobFailure job={job} />
      {job.undo == null ? null : <UndoOutcome result={job.undo} onLeave={onLeave} />}
      <Text size="sm">
        <Anchor component={Link} inherit to={paths.job(job.id)} onClick={onLeave}>
          Show the job
        </Anchor>
      </Text>
    </Stack>
  )
}
