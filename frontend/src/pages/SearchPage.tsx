import { Drawer } from '@mantine/core'
import { useState } from 'react'

import type { SearchAnswer } from '../api/search-types'
import { Chips } from '../components/search/Chips'
import { CompletenessNote } from '../components/search/CompletenessNote'
import { Facets } from '../components/search/Facets'
import { FoundTools, SortAndGroup } from '../components/search/FoundTools'
import { HitList } from '../components/search/HitList'
import { QueryNotes } from '../components/search/QueryNotes'
import { NothingFound, StartView } from '../components/search/SearchHelp'
import { SavedSearches } from '../components/search/SavedSearches'
import { SearchBox } from '../components/search/SearchBox'
import { SearchFailed } from '../components/search/SearchFailed'
import { itemOfHit } from '../components/tray/gather'
import { type Found, useFound, useSearchAddress } from '../components/search/use-search'
import type { Hit } from '../api/search-types'
import { restoreGroups, type RestoreGroup } from '../forms/restore/restore-groups'
import { RestoreDialog } from '../forms/restore/RestoreDialog'
import { Loading } from '../ui/Loading'
import { Page } from '../ui/Page'
import { usePhone } from '../ui/use-phone'
import { type Search, searchParameters } from '../util/search-address'
import { freshnessWords } from '../util/search-words'
import classes from './SearchPage.module.css'

const NO_COUNTS: SearchAnswer['facets'] = {}

/** Where is it, or where was it? */
export function SearchPage() {
  const { search, change } = useSearchAddress()
  const found = useFound(search)
  const phone = usePhone()
  const [restoring, setRestoring] = useState<RestoreGroup[] | null>(null)
  return (
    <Page title="Search" fill actions={<SavedSearches search={search} />}>
      {phone ? <SearchBox autoFocus={found.idle} /> : null}
      {found.idle ? (
        <StartView />
      ) : (
        <Results
          search={search}
          found={found}
          phone={phone}
          onChange={change}
          onRestore={(hit) => setRestoring(groupsOf(hit))}
        />
      )}
      {restoring === null ? null : <RestoreDialog groups={restoring} onClose={() => setRestoring(null)} />}
    </Page>
  )
}

/** A hit is restored from the moment at which it was found. */
function groupsOf(hit: Hit): RestoreGroup[] {
  const item = itemOfHit(hit)
  return item === null ? [] : restoreGroups([item])
}

type ResultsProps = {
  search: Search
  found: Found
  phone: boolean
  onChange: (to: Partial<Search>) => void
  onRestore: (hit: Hit) => void
}

function Results({ search, found, phone, onChange, onRestore }: ResultsProps) {
  const [filtering, setFiltering] = useState(false)
  const counts = found.first?.facets ?? NO_COUNTS
  const facets = <Facets search={search} counts={counts} onChange={onChange} />
  return (
    <div className={classes.columns}>
      {phone ? null : (
        <aside className={classes.facets} aria-label="Filters">
          {facets}
        </aside>
      )}
      <section className={classes.hits} aria-label="What was found">
        <FoundTools
          search={search}
          total={found.first?.total}
          onChange={onChange}
          onFilter={phone ? () => setFiltering(true) : null}
        />
        <Chips search={search} counts={counts} onChange={onChange} />
        <QueryNotes
          q={search.q}
          problems={found.old ? [] : (found.first?.problems ?? [])}
          misspelt={found.misspelt}
          kept={found.first !== undefined}
        />
        {found.first === undefined ? null : <CompletenessNote completeness={found.first.completeness} />}
        <Hits search={search} found={found} onChange={onChange} onRestore={onRestore} />
      </section>
      {phone && filtering ? (
        <Drawer
          opened
          onClose={() => setFiltering(false)}
          position="bottom"
          size="85%"
          title="Filters"
          closeButtonProps={{ 'aria-label': 'Close' }}
        >
          <SortAndGroup search={search} onChange={onChange} />
          {facets}
        </Drawer>
      ) : null}
    </div>
  )
}

function Hits({ search, found, onChange, onRestore }: Omit<ResultsProps, 'phone'>) {
  const { query, first, hits, failed, misspelt } = found
  if (first === undefined) {
    if (failed !== null) return <SearchFailed error={failed} onRetry={() => void query.refetch()} />
    return misspelt === null ? <Loading what="hits" rows={8} /> : null
  }
  const { total, completeness } = first
  return (
    <>
      {failed === null ? null : <SearchFailed error={failed} onRetry={() => void query.refetch()} />}
      {hits.length === 0 ? (
        <NothingFound search={search} completeness={completeness} onChange={onChange} />
      ) : (
        <HitList
          hits={hits}
          asked={JSON.stringify(found.old ? null : searchParameters(search))}
          total={total.exact ? total.count : -1}
          more={query}
          busy={found.old && misspelt === null}
          foot={freshnessWords(completeness)}
          onRestore={onRestore}
        />
      )}
    </>
  )
}
