import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query'

import { client, unwrap } from './client'
import { toApiError } from './errors'
import { keys } from './keys'
import type { FacetName, NewSavedSearch, SearchQuery } from './search-types'

const PAGE = 100

const FACETS: FacetName[] = ['category', 'state', 'dataset', 'ext', 'size', 'year', 'owner', 'host']

/** How often to ask again while search is away. */
const AWAY_RETRY = 10_000

/** Hits, page by page. What there is to choose is counted with the first page only: it is the same for all. */
export const searchQuery = (query: SearchQuery) =>
  infiniteQueryOptions({
    queryKey: keys.search(query),
    queryFn: ({ signal, pageParam }) =>
      unwrap(
        client.GET('/api/v1/search', {
          signal,
          params: {
            query: {
              ...query,
              limit: PAGE,
              ...(pageParam === undefined ? { facets: FACETS.join(',') } : { cursor: pageParam }),
            },
          },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    // While the next hits are on their way, those of before stay: nothing flickers.
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    // A thousand pages would be asked for again, one after the other.
    refetchOnWindowFocus: false,
    refetchInterval: ({ state }) =>
      state.error !== null && toApiError(state.error).code === 'search_unavailable' ? AWAY_RETRY : false,
  })

export const suggestQuery = (q: string) =>
  queryOptions({
    queryKey: keys.suggest(q),
    // With what it was asked for: places in the text mean that one.
    queryFn: async ({ signal }) => ({
      asked: q,
      ...(await unwrap(client.GET('/api/v1/search/suggest', { signal, params: { query: { q, limit: 8 } } }))),
    }),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    // Suggestions are a help; without them the box works as well.
    retry: false,
  })

/** The searches that the signed-in user has saved. */
export const searchesQuery = queryOptions({
  queryKey: keys.searches,
  queryFn: async ({ signal }) => (await unwrap(client.GET('/api/v1/searches', { signal }))).items,
  staleTime: 60_000,
})

export function useSaveSearch() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (body: NewSavedSearch) => unwrap(client.POST('/api/v1/searches', { body })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keys.searches }),
  })
}

export function useDeleteSearch() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (search: number) =>
      unwrap(client.DELETE('/api/v1/searches/{search}', { params: { path: { search } } })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keys.searches }),
  })
}
