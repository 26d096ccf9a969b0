import type { FacetName, SearchGroup, SearchQuery, SearchSort } from '../api/search-types'
import type { SearchParameters } from './paths'

/** The facets as they are called and in which order they stand beside the hits. */
export const FACETS: { name: FacetName; label: string }[] = [
  { name: 'category', label: 'Kind' },
  { name: 'state', label: 'State' },
  { name: 'dataset', label: 'Dataset' },
  { name: 'ext', label: 'Extension' },
  { name: 'size', label: 'Size' },
  { name: 'year', label: 'Year modified' },
  { name: 'owner', label: 'Owner' },
  { name: 'host', label: 'Host' },
]

export const SORTS: { value: SearchSort; label: string }[] = [
  { value: 'relevance', label: 'Best match' },
  { value: '-modified', label: 'Newest' },
  { value: 'modified', label: 'Oldest' },
  { value: '-size', label: 'Largest' },
  { value: 'size', label: 'Smallest' },
  { value: 'name', label: 'Name A–Z' },
  { value: '-name', label: 'Name Z–A' },
]

/** What the address of the search page says. */
export type Search = {
  q: string
  group: SearchGroup
  sort: SearchSort
  chosen: { [facet in FacetName]?: string[] }
}

export const EMPTY_SEARCH: Search = { q: '', group: 'entry', sort: 'relevance', chosen: {} }

export function readSearch(parameters: URLSearchParams): Search {
  const chosen: Search['chosen'] = {}
  for (const { name } of FACETS) {
    const values = (parameters.get(name) ?? '').split(',').filter((value) => value !== '')
    if (values.length > 0) chosen[name] = [...new Set(values)]
  }
  const sort = parameters.get('sort')
  return {
    q: parameters.get('q') ?? '',
    group: parameters.get('group') === 'version' ? 'version' : 'entry',
    sort: SORTS.find(({ value }) => value === sort)?.value ?? 'relevance',
    chosen,
  }
}

/** What is not as it is by default; for the address and to be saved. */
export function searchParameters({ q, group, sort, chosen }: Search): SearchParameters {
  const facets = FACETS.map(({ name }) => [name, chosen[name]?.join(',')] as const)
  return {
    q: q.trim() === '' ? null : q,
    group: group === 'entry' ? null : group,
    sort: sort === 'relevance' ? null : sort,
    ...Object.fromEntries(facets),
  }
}

/** The same for the API. Null: nothing is asked. */
export function searchRequest(search: Search): SearchQuery | null {
  if (isEmpty(search)) return null
  const pairs = Object.entries(searchParameters(search)).filter(([, value]) => value != null && value !== '')
  return Object.fromEntries(pairs)
}

/** Neither typed nor chosen: all files would be hits. */
export function isEmpty({ q, chosen }: Search): boolean {
  return q.trim() === '' && Object.keys(chosen).length === 0
}

/** What a saved search holds, as texts. */
export function savedQuery(search: Search): Record<string, string> {
  return Object.fromEntries(
    Object.entries(searchParameters(search)).filter((pair): pair is [string, string] => Boolean(pair[1])),
  )
}

/** The search with a value of a facet chosen, or no longer so. */
export function toggled(search: Search, facet: FacetName, value: string): Search {
  const values = search.chosen[facet] ?? []
  const next = values.includes(value) ? values.filter((other) => other !== value) : [...values, value]
  const chosen = Object.entries({ ...search.chosen, [facet]: next }).filter(([, list]) => list.length > 0)
  return { ...search, chosen: Object.fromEntries(chosen) }
}
