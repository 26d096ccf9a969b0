import type { Entry } from './types'

/** The contract of search, in the shape that types generated from the server's document have. */

/** What can be chosen beside the box; the names are those of the query's parameters. */
export type FacetName = 'dataset' | 'category' | 'ext' | 'size' | 'year' | 'owner' | 'state' | 'host'

/** Which hits: one for each path, or one for each version. */
export type SearchGroup = 'entry' | 'version'

export type SearchSort = 'relevance' | 'name' | '-name' | 'size' | '-size' | 'modified' | '-modified'

/** What is asked. Facets are lists with commas between their values. */
export type SearchQuery = { [facet in FacetName]?: string } & {
  q?: string
  group?: SearchGroup
  sort?: SearchSort
  facets?: string
  limit?: number
  cursor?: string
}

/** What became of a version: it is there; it was the last of its path, which is no more; a later one is or was there. */
export type HitState = 'live' | 'deleted' | 'earlier'

export type HitCategory = 'picture' | 'video' | 'audio' | 'document' | 'archive' | 'code' | 'folder' | 'other'

/** A snapshot that holds a version. */
export type HeldBy = { name: string; guid: string; created_at: string }

/** Two numbers: from one character to before another, counted as Unicode code points. */
export type CharacterRange = number[]

export type Hit = {
  host: string
  /** Whether it is a file of this server; another's can be neither opened nor restored here. */
  here: boolean
  dataset: { guid: string; name: string }
  /** Percent-encoded, relative to the dataset. */
  path: string
  name: string
  kind: Entry['kind']
  category: HitCategory
  size: number
  modified?: string | null
  owner: { uid: number; name?: string | null }
  state: HitState
  /** How many the path has had; null where that is not known. */
  versions?: number | null
  /** The first snapshot that holds this version; null: none does. */
  first_seen?: HeldBy | null
  last_seen?: HeldBy | null
  /** Between which moments it was deleted. */
  deleted_at?: { after?: string | null; before?: string | null } | null
  /** What to ask for to get this version; null: the live one. */
  at?: string | null
  /** What of the name, and of the folder's path as it is displayed, was searched for. */
  matches: { name: CharacterRange[]; folder: CharacterRange[] }
}

export type FacetValue = { value: string; label?: string | null; count: number }

/** Something typed that was taken as words. */
export type SearchProblem = { start: number; end: number; detail: string }

export type Completeness = {
  complete: boolean
  snapshots_waiting: number
  datasets_waiting: number
  live_as_of?: string | null
  engine: 'embedded' | 'meilisearch'
  state: 'ready' | 'catching_up' | 'rebuilding'
  pending: number
  detail?: string | null
}

export type SearchAnswer = {
  hits: Hit[]
  total: { count: number; exact: boolean }
  facets: { [facet in FacetName]?: FacetValue[] }
  problems: SearchProblem[]
  completeness: Completeness
  next?: string | null
}

export type Suggestion = {
  kind: 'filter' | 'value' | 'name'
  text: string
  detail?: string | null
  /** Which characters of the text give way to `insert`. */
  replace: { start: number; end: number }
  insert: string
}

export type Suggestions = { items: Suggestion[] }

export type NewSavedSearch = { name: string; query: Record<string, string> }
export type SavedSearch = NewSavedSearch & { id: string; created_at: string }
export type SavedSearches = { items: SavedSearch[] }

type None = { query?: never; header?: never; path?: never; cookie?: never }
type Answers<Status extends number, Body> = {
  [status in Status]: { headers: Record<string, unknown>; content: { 'application/json': Body } }
}

export interface SearchPaths {
  '/api/v1/search': {
    parameters: None
    get: { parameters: Omit<None, 'query'> & { query?: SearchQuery }; responses: Answers<200, SearchAnswer> }
  }
  '/api/v1/search/suggest': {
    parameters: None
    get: {
      parameters: Omit<None, 'query'> & { query?: { q?: string; limit?: number } }
      responses: Answers<200, Suggestions>
    }
  }
  '/api/v1/searches': {
    parameters: None
    get: { parameters: None; responses: Answers<200, SavedSearches> }
    post: {
      parameters: None
      requestBody: { content: { 'application/json': NewSavedSearch } }
      responses: Answers<201, SavedSearch>
    }
  }
  '/api/v1/searches/{id}': {
    parameters: None
    delete: {
      parameters: Omit<None, 'path'> & { path: { id: string } }
      responses: { 204: { headers: Record<string, unknown>; content?: never } }
    }
  }
}
