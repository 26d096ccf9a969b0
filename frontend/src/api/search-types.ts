import type { components } from './schema'

type Schemas = components['schemas']

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

export type HitState = Schemas['VersionState']
export type HitCategory = Schemas['FileCategory']
/** A snapshot that holds a version. */
export type HeldBy = Schemas['SearchHitSnapshot']
/** Two numbers: from one character to before another, counted as Unicode code points. */
export type CharacterRange = number[]
export type Hit = Schemas['SearchHit']
export type FacetValue = Schemas['SearchFacetValue']
export type SearchProblem = Schemas['SearchProblem']
export type Completeness = Schemas['SearchCompleteness']
export type SearchAnswer = Schemas['SearchResults']
export type Suggestion = Schemas['SearchSuggestion']
export type Suggestions = Schemas['SearchSuggestions']
export type NewSavedSearch = Schemas['NewSavedSearch']
export type SavedSearch = Schemas['SavedSearch']
