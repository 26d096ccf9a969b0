import { Stack, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'

import { datasetsQuery, poolsQuery } from '../api/queries'
import { IndexLine } from '../components/index/IndexLine'
import { DatasetTable } from '../components/pools/DatasetTable'
import { useMe } from '../components/frame/me'
import { PoolCard } from '../components/pools/PoolCard'
import { Empty } from '../ui/Empty'
import { ErrorNote } from '../ui/ErrorNote'
import { Loading } from '../ui/Loading'
import { Page } from '../ui/Page'
import { StateMark } from '../ui/StateMark'
import { overallVerdict } from '../util/health'

/** Is everything well? One sentence first; then the pools and what is on them. Who may see some datasets only sees those. */
export function HomePage() {
  const { restricted } = useMe()
  return (
    <Page title="Home">
      {restricted ? null : <Pools />}
      <Stack gap="xs" component="section" aria-labelledby="datasets">
        <Title order={2} id="datasets">
          Datasets
        </Title>
        <Datasets />
      </Stack>
    </Page>
  )
}

function Pools() {
  const { data: pools, error, isPending, refetch } = useQuery(poolsQuery)
  if (pools === undefined) {
    return isPending ? (
      <Loading what="pools" rows={6} />
    ) : (
      <ErrorNote title="The pools can’t be shown" error={error} onRetry={() => void refetch()} />
    )
  }
  const verdict = overallVerdict(pools)
  return (
    <>
      <div role="status">
        <StateMark tone={verdict.tone} size="lg">
          {verdict.sentence}
        </StateMark>
      </div>
      <IndexLine />
      {pools.length === 0 ? (
        <Empty title="No pool is imported">
          Import one with <code>zpool import</code> on the server; it appears here by itself.
        </Empty>
      ) : (
        pools.map((pool) => <PoolCard key={pool.guid} pool={pool} />)
      )}
    </>
  )
}

function Datasets() {
  const { restricted } = useMe()
  const { data: datasets, error, isPending, refetch } = useQuery(datasetsQuery)
  if (datasets === undefined) {
    return isPending ? (
      <Loading what="datasets" />
    ) : (
      <ErrorNote title="The datasets can’t be shown" error={error} onRetry={() => void refetch()} />
    )
  }
  if (datasets.length === 0) {
    return restricted ? (
      <Empty title="You may see no dataset yet">Ask an administrator for your files.</Empty>
    ) : (
      <Empty title="There is no dataset">A pool's file systems and volumes are listed here.</Empty>
    )
  }
  return <DatasetTable datasets={datasets} />
}
