import { Anchor, Group, Select, Table, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearchParams } from 'react-router'

import { jobsQuery } from '../api/queries'
import type { Job, JobKind, JobState } from '../api/types'
import { useEventsOpen, usePollInterval } from '../api/use-events'
import { ActivityTabs } from '../components/activity/ActivityTabs'
import { JobProgress } from '../components/jobs/JobProgress'
import { countWords } from '../components/jobs/restore-words'
import { Empty } from '../ui/Empty'
import { ErrorNote } from '../ui/ErrorNote'
import { Loading } from '../ui/Loading'
import { LoadMore } from '../ui/LoadMore'
import { Page } from '../ui/Page'
import { When } from '../ui/When'
import { WideTable } from '../ui/WideTable'
import { formatDuration } from '../util/dates'
import { JOB_KINDS } from '../util/jobs'
import { paths } from '../util/paths'

const STATES: { value: JobState | ''; label: string }[] = [
  { value: '', label: 'All states' },
  { value: 'enqueued', label: 'Waiting' },
  { value: 'processing', label: 'Running' },
  { value: 'succeeded', label: 'Succeeded' },
  { value: 'failed', label: 'Failed' },
  { value: 'canceled', label: 'Canceled' },
]

const KINDS: { value: JobKind | ''; label: string }[] = [
  { value: '', label: 'All kinds' },
  { value: 'restore', label: JOB_KINDS.restore },
  { value: 'undo_restore', label: JOB_KINDS.undo_restore },
  { value: 'index', label: JOB_KINDS.index },
]

/** What happened, what is happening? */
export function ActivityPage() {
  const [search] = useSearchParams()
  const navigate = useNavigate()
  const asked = search.get('state')
  const state = STATES.find(({ value }) => value === asked)?.value || null
  const wanted = search.get('kind')
  const kind = KINDS.find(({ value }) => value === wanted)?.value || null
  const query = useInfiniteQuery({ ...jobsQuery(state, kind), refetchInterval: usePollInterval() })
  const live = useEventsOpen()
  const jobs = query.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Page
      title="Activity"
      actions={
        <Group gap="sm">
          <Text size="xs" c="dimmed">
            {live ? 'Live' : 'Refreshed every 3 seconds'}
          </Text>
          <Select
            aria-label="Kind"
            w={130}
            allowDeselect={false}
            data={KINDS}
            value={kind ?? ''}
            onChange={(value) => void navigate(paths.activity(state, value), { replace: true })}
          />
          <Select
            aria-label="State"
            w={150}
            allowDeselect={false}
            data={STATES}
            value={state ?? ''}
            onChange={(value) => void navigate(paths.activity(value, kind), { replace: true })}
          />
        </Group>
      }
    >
      <ActivityTabs value="jobs">
        {query.isPending ? <Loading what="jobs" rows={6} /> : null}
        {query.isError ? (
          <ErrorNote
            title="The jobs can’t be shown"
            error={query.error}
            onRetry={() => void query.refetch()}
          />
        ) : null}
        {query.data !== undefined && jobs.length === 0 ? (
          <Empty
            title={state === null && kind === null ? 'Nothing has happened yet' : 'No such job is known'}
          >
            Restores and indexing appear here while they run, and stay with their outcome. To restore, gather
            files from Files or Search.
          </Empty>
        ) : null}
        {jobs.length > 0 ? <JobTable jobs={jobs} /> : null}
        <LoadMore query={query} />
      </ActivityTabs>
    </Page>
  )
}

function JobTable({ jobs }: { jobs: Job[] }) {
  return (
    <WideTable label="Jobs" minWidth={680} verticalSpacing={6} highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Job</Table.Th>
          <Table.Th w={220}>State</Table.Th>
          <Table.Th>Begun</Table.Th>
          <Table.Th ta="right">Took</Table.Th>
          <Table.Th>By</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {jobs.map((job) => (
          <Table.Tr key={job.id}>
            <Table.Td>
              <Anchor component={Link} to={paths.job(job.id)} size="sm" style={{ overflowWrap: 'anywhere' }}>
                {job.title}
              </Anchor>
              {job.result == null ? null : (
                <Text size="xs" c="dimmed">
                  {countWords(job.result).words}
                </Text>
              )}
            </Table.Td>
            <Table.Td>
              <JobProgress job={job} />
            </Table.Td>
            <Table.Td>
              <When at={job.started_at ?? job.created_at} size="sm" />
            </Table.Td>
            <Table.Td ta="right">{took(job)}</Table.Td>
            <Table.Td>{job.user}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </WideTable>
  )
}

function took(job: Job): string {
  if (job.started_at == null || job.finished_at == null) return ''
  return formatDuration(Date.parse(job.finished_at) - Date.parse(job.started_at))
}
