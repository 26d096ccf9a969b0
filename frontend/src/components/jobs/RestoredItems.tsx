import { Group, SegmentedControl, Stack, Title } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useSearchParams } from 'react-router'

import { restoredItemsQuery } from '../../api/queries'
import type { RestoreOutcome, RestoreResult } from '../../api/types'
import { Empty } from '../../ui/Empty'
import { ErrorNote } from '../../ui/ErrorNote'
import { Loading } from '../../ui/Loading'
import { LoadMore } from '../../ui/LoadMore'
import { formatCount } from '../../util/sizes'
import { countsOf } from './restore-words'
import { RestoredItemLine } from './RestoredItemLine'
import classes from './Restored.module.css'

const OUTCOMES: RestoreOutcome[] = ['failed', 'skipped', 'restored']

/** Every entry of a restore that has ended, page by page; which ones is in the address. */
export function RestoredItems({ jobId, result }: { jobId: string; result: RestoreResult }) {
  const counts = countsOf(result)
  const [search, setSearch] = useSearchParams()
  const outcome = OUTCOMES.find((one) => one === search.get('outcome')) ?? null
  const query = useInfiniteQuery(restoredItemsQuery(jobId, outcome))
  const items = query.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Stack gap="xs" component="section" aria-labelledby="entries">
      <Group justify="space-between" gap="xs">
        <Title order={2} id="entries">
          Entries
        </Title>
        <SegmentedControl
          size="xs"
          aria-label="Which entries"
          transitionDuration={0}
          value={outcome ?? ''}
          data={[
            { value: '', label: 'All' },
            { value: 'failed', label: `Failed ${formatCount(counts.failed)}` },
            { value: 'skipped', label: `Skipped ${formatCount(counts.skipped)}` },
            { value: 'restored', label: `Restored ${formatCount(counts.restored)}` },
          ]}
          onChange={(value) => setSearch(value === '' ? {} : { outcome: value }, { replace: true })}
        />
      </Group>
      {query.isPending ? <Loading what="entries" /> : null}
      {query.isError ? (
        <ErrorNote
          title="The entries can’t be shown"
          error={query.error}
          onRetry={() => void query.refetch()}
        />
      ) : null}
      {query.data !== undefined && items.length === 0 ? (
        <Empty title={outcome === null ? 'Nothing was restored' : `None was ${outcome}`}>
          {outcome === null ? 'The log tells how far the job came.' : 'Choose All to see the others.'}
        </Empty>
      ) : null}
      <ul className={`${classes.items ?? ''} ${classes.all ?? ''}`} aria-label="Outcome">
        {items.map((item) => (
          <li key={item.path}>
            <RestoredItemLine item={item} />
          </li>
        ))}
      </ul>
      <LoadMore query={query} />
    </Stack>
  )
}
