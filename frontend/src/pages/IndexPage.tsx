import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearchParams } from 'react-router'

import { indexQuery } from '../api/queries'
import type { IndexStatus } from '../api/types'
import { IndexDetails } from '../components/index/IndexDetails'
import { IndexTable } from '../components/index/IndexTable'
import { Empty } from '../ui/Empty'
import { ErrorNote } from '../ui/ErrorNote'
import { Loading } from '../ui/Loading'
import { Page } from '../ui/Page'
import { coverageSentence, searchSentence } from '../util/index-state'
import { paths } from '../util/paths'
import { formatBytes } from '../util/sizes'

/** How much of the past is known, and how fresh is what is known of now? */
export function IndexPage() {
  const [search] = useSearchParams()
  const navigate = useNavigate()
  const { data: status, error, isPending, refetch } = useQuery(indexQuery)
  const chosen = search.get('dataset')
  return (
    <Page title="Index">
      {status !== undefined ? (
        <Contents status={status} />
      ) : isPending ? (
        <Loading what="the index" rows={6} />
      ) : (
        <ErrorNote title="The index can’t be shown" error={error} onRetry={() => void refetch()} />
      )}
      {chosen === null ? null : (
        <IndexDetails dataset={chosen} onClose={() => void navigate(paths.index(), { replace: true })} />
      )}
    </Page>
  )
}

function Contents({ status }: { status: IndexStatus }) {
  return (
    <>
      <div>
        <Text>{status.enabled ? coverageSentence(status) : 'Indexing is off in the server’s settings.'}</Text>
        <Text size="sm" c="dimmed">
          The catalog takes {formatBytes(status.bytes)}.
          {status.exclude.length === 0
            ? ''
            : ` Folders named ${status.exclude.join(', ')} are known, but not what is in them.`}
        </Text>
        <Text size="sm" c="dimmed">
          {searchSentence(status.search)}
        </Text>
      </div>
      {status.datasets.length === 0 ? (
        <Empty title="There is nothing to index">
          Datasets with files are listed here as soon as there are any.
        </Empty>
      ) : (
        <IndexTable status={status} />
      )}
    </>
  )
}
