import { Button, Group, Stack, Text } from '@mantine/core'
import { IconArrowBackUp } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { Link } from 'react-router'

import { hasEnded } from '../../api/job-events'
import { useUndoRestore } from '../../api/mutations'
import { jobQuery, restoreQuery } from '../../api/queries'
import type { RestoreResult } from '../../api/types'
import { usePollInterval } from '../../api/use-events'
import { ErrorNote } from '../../ui/ErrorNote'
import { StateMark } from '../../ui/StateMark'
import { paths } from '../../util/paths'
import { rightsRefusal } from '../../util/rights'
import { useMe } from '../frame/me'
import { JobFailure } from './JobFailure'
import { JobProgress } from './JobProgress'
import { undoneWords, undoWords } from './restore-words'
import classes from './Restored.module.css'

type Props = { jobId: string; result: RestoreResult }

/** The way back from a restore that has ended: asked for, under way, gone, or why there is none. */
export function UndoRestore({ jobId, result }: Props) {
  const { data: restore, error, refetch } = useQuery(restoreQuery(jobId))
  if (result.restored === 0) return null
  if (restore === undefined) {
    return error === null ? null : (
      <ErrorNote
        title="Whether this can be undone is not known"
        error={error}
        onRetry={() => void refetch()}
      />
    )
  }
  const { state, why, job } = restore.undo
  const undone = undoneWords(restore.counts)
  if (state === 'possible') return <AskUndo jobId={jobId} result={result} />
  if (state === 'impossible') {
    return (
      <Text size="sm" c="dimmed">
        This can’t be undone{why == null ? '.' : `: ${why}`}
      </Text>
    )
  }
  return (
    <section className={classes.undo} aria-label="Undo">
      <Text size="sm" fw={600} mb={4}>
        {state === 'done' ? 'This restore was undone.' : 'This restore is being undone.'}
      </Text>
      {state === 'done' ? <StateMark tone={undone.tone}>{undone.words}</StateMark> : null}
      {job == null ? null : <UndoRun jobId={job} />}
    </section>
  )
}

function AskUndo({ jobId, result }: Props) {
  const me = useMe()
  const [asking, setAsking] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  const undo = useUndoRestore(jobId)
  const refused = rightsRefusal(me, result.items[0]?.target_dataset ?? '')
  const { text, button: words } = undoWords(result)
  if (!asking) {
    return (
      <Group justify="flex-end" gap="xs">
        {refused === null ? null : (
          <Text size="xs" c="dimmed">
            {refused}
          </Text>
        )}
        <Button
          ref={button}
          variant="default"
          leftSection={<IconArrowBackUp size={16} aria-hidden />}
          disabled={refused !== null}
          onClick={() => setAsking(true)}
        >
          Undo…
        </Button>
      </Group>
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
          <Button loading={undo.isPending} onClick={() => undo.mutate()}>
            {words}
          </Button>
        </Group>
      </Stack>
    </section>
  )
}

/** The job that undoes: how far it is, and what came of it. */
function UndoRun({ jobId }: { jobId: string }) {
  const interval = usePollInterval()
  const { data: job, error } = useQuery({
    ...jobQuery(jobId),
    refetchInterval: ({ state }) => (state.data && hasEnded(state.data) ? false : interval || 2000),
  })
  if (error !== null) return <ErrorNote title="The undo can’t be shown" error={error} />
  if (job === undefined) return null
  return (
    <Stack gap="xs">
      <JobProgress job={job} />
      <JobFailure job={job} />
      <Text size="sm">
        <Link to={paths.job(job.id)}>Show the job</Link>
      </Text>
    </Stack>
  )
}
