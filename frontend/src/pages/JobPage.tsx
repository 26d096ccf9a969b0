import { Anchor, Stack, Table, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from 'react-router'

import { hasEnded } from '../api/job-events'
import { jobQuery } from '../api/queries'
import type { Job } from '../api/types'
import { CancelJobButton } from '../components/jobs/CancelJobButton'
import { IndexOutcome } from '../components/jobs/IndexOutcome'
import { JobFailure } from '../components/jobs/JobFailure'
import { JobProgress } from '../components/jobs/JobProgress'
import { RestoreSummary } from '../components/jobs/RestoreSummary'
import { UndoOutcome } from '../components/jobs/UndoOutcome'
import { DetailList, DetailRow } from '../ui/DetailRow'
import { Empty } from '../ui/Empty'
import { ErrorNote } from '../ui/ErrorNote'
import { Loading } from '../ui/Loading'
import { Page } from '../ui/Page'
import { When } from '../ui/When'
import { WideTable } from '../ui/WideTable'
import { paths } from '../util/paths'

/** One job: how far, what came of it, its log. */
export function JobPage() {
  const { id = '' } = useParams()
  const {
    data: job,
    error,
    isPending,
    refetch,
  } = useQuery({
    ...jobQuery(id),
    // Events bring the state but not the log.
    refetchInterval: ({ state }) => (state.data && hasEnded(state.data) ? false : 2000),
  })
  if (job === undefined) {
    return (
      <Page title="Job">
        {isPending ? (
          <Loading what="the job" />
        ) : (
          <ErrorNote title="The job can’t be shown" error={error} onRetry={() => void refetch()} />
        )}
      </Page>
    )
  }
  return (
    <Page title={job.title} actions={<CancelJobButton job={job} />}>
      <Text size="sm">
        <Anchor component={Link} to={paths.activity()} inherit>
          All activity
        </Anchor>
      </Text>
      <JobProgress job={job} />
      <JobFailure job={job} />
      <RestoreSummary job={job} />
      {job.undo == null ? null : <UndoOutcome result={job.undo} />}
      {job.index == null ? null : <IndexOutcome result={job.index} />}
      <DetailList>
        <DetailRow label="Asked for by">{job.user}</DetailRow>
        <DetailRow label="Asked for">
          <When at={job.created_at} />
        </DetailRow>
        <DetailRow label="Begun">
          <When at={job.started_at} none="not yet" />
        </DetailRow>
        <DetailRow label="Ended">
          <When at={job.finished_at} none="not yet" />
        </DetailRow>
      </DetailList>
      <Stack gap="xs" component="section" aria-labelledby="log">
        <Title order={2} id="log">
          Log
        </Title>
        {job.log.length === 0 ? (
          <Empty title="Nothing written yet">What the job does appears here line by line.</Empty>
        ) : (
          <LogTable log={job.log} />
        )}
      </Stack>
    </Page>
  )
}

function LogTable({ log }: { log: Job['log'] }) {
  return (
    <WideTable label="Log" minWidth={420} verticalSpacing={3}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th w={190}>Time</Table.Th>
          <Table.Th w={70}>Level</Table.Th>
          <Table.Th>Message</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {log.map((line, i) => (
          <Table.Tr key={i}>
            <Table.Td>
              <When at={line.at} short size="sm" />
            </Table.Td>
            <Table.Td>{line.level}</Table.Td>
            <Table.Td style={{ overflowWrap: 'anywhere' }} fw={line.level === 'info' ? 400 : 600}>
              {line.text}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </WideTable>
  )
}
