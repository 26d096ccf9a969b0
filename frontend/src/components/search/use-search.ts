import { useInfiniteQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useNavigate, useSearchParams } from 'react-router'

import { toApiError } from '../../api/errors'
import { searchQuery } from '../../api/search'
import { paths } from '../../util/paths'
import { readSearch, type Search, searchParameters, searchRequest } from '../../util/search-address'

/** What the address asks, and the way to ask something else. */
export function useSearchAddress() {
  const [parameters] = useSearchParams()
  const navigate = useNavigate()
  const search = useMemo(() => readSearch(parameters), [parameters])
  return {
    search,
    change: (to: Partial<Search>) => void navigate(paths.search(searchParameters({ ...search, ...to }))),
  }
}

/** What is found. While nothing else is known, and after something that can’t be asked, that is what was found before. */
export function useFound(search: Search) {
  const request = searchRequest(search)
  const query = useInfiniteQuery({ ...searchQuery(request ?? {}), enabled: request !== null })
  const [kept, setKept] = useState(query.data)
  if (query.data !== undefined && query.data !== kept) setKept(query.data)

  const error = request === null || query.error === null ? null : toApiError(query.error)
  const misspelt = error?.code === 'invalid_query' ? error : null
  const data = query.data ?? (misspelt === null ? undefined : kept)
  const hits = useMemo(() => data?.pages.flatMap((page) => page.hits) ?? [], [data])
  return {
    /** Nothing is asked. */
    idle: request === null,
    query,
    hits,
    first: data?.pages[0],
    /** The hits are those of an earlier question. */
    old: query.isPlaceholderData || (query.data === undefined && data !== undefined),
    misspelt,
    failed: misspelt === null ? error : null,
  }
}

export type Found = ReturnType<typeof useFound>
