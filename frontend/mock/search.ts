import type {
  FacetName,
  FacetValue,
  Hit,
  NewSavedSearch,
  SavedSearch,
  SearchAnswer,
  Suggestion,
  Suggestions,
} from '../src/api/search-types'
import { charactersOf } from '../src/util/characters.ts'
import { type Document, documents } from './search-documents.ts'
import { fold, parse, type Parsed, places } from './search-language.ts'
import { iso, snapshotsOf } from './seed.ts'

type Refuse = (status: number, code: string, detail: string, more?: object) => Response

const VALUES: Record<FacetName, (one: Document) => { value: string; label?: string }> = {
  dataset: ({ dataset }) => ({ value: dataset.guid, label: dataset.name }),
  category: ({ category }) => ({ value: category }),
  ext: ({ ext }) => ({ value: ext }),
  size: ({ size }) => ({ value: sizeRange(size) }),
  year: ({ modified }) => ({ value: (modified ?? '').slice(0, 4) }),
  owner: ({ owner }) => ({ value: String(owner.uid), label: owner.name ?? undefined }),
  state: ({ state }) => ({ value: state }),
  host: ({ host }) => ({ value: host }),
}
const FACETS = Object.keys(VALUES) as FacetName[]

/** Up to here totals are exact. */
const EXACT = 5000

const COMPARE: Record<string, (a: Document, b: Document) => number> = {
  name: (a, b) => (fold(a.name) < fold(b.name) ? -1 : 1),
  size: (a, b) => a.size - b.size,
  modified: (a, b) => Date.parse(a.modified ?? '') - Date.parse(b.modified ?? ''),
}

/** Search and saved searches. It finds by comparing with every file, which is quick enough for some thousand. */
export function mockSearch(refuse: Refuse) {
  let all: Document[] | undefined
  let saved: SavedSearch[] = []
  let ids = 0

  function answer(query: URLSearchParams): Response {
    all ??= documents()
    const q = query.get('q') ?? ''
    const tags = snapshotsOf('tank/home').map(({ tag }) => tag)
    const parsed = parse(q, tags)
    if (parsed.error !== null) {
      const { detail, ...position } = parsed.error
      return refuse(400, 'invalid_query', detail, { field: 'q', position })
    }
    const from = cursorOf(query)
    if (from === null) return refuse(400, 'invalid_cursor', 'The cursor is of another search.')
    const chosen = (facet: FacetName) => query.get(facet)?.split(',').filter(Boolean) ?? []
    const wanted = (one: Document, besides?: FacetName) =>
      FACETS.every((facet) => {
        const values = facet === besides ? [] : chosen(facet)
        return values.length === 0 || values.includes(VALUES[facet](one).value)
      })
    const found = all.filter(
      (one) =>
        (query.get('group') === 'version' || one.latest) &&
        parsed.terms.every(({ matches, negative }) => matches(one) !== negative),
    )
    const hits = sorted(
      found.filter((one) => wanted(one)),
      query.get('sort') ?? 'relevance',
      parsed,
    )
    const limit = Number(query.get('limit') ?? 50)
    const asked = query.get('facets')?.split(',') ?? []
    const exact = hits.length <= EXACT
    const body: SearchAnswer = {
      hits: hits.slice(from, from + limit).map((one) => hitOf(one, parsed)),
      total: { count: exact ? hits.length : Math.round(hits.length / 100) * 100, exact },
      facets: Object.fromEntries(
        FACETS.filter((facet) => asked.includes(facet)).map((facet) => [
          facet,
          counts(
            found.filter((one) => wanted(one, facet)),
            facet,
          ),
        ]),
      ),
      problems: parsed.problems,
      completeness: {
        complete: false,
        snapshots_waiting: 37,
        datasets_waiting: 0,
        live_as_of: iso(180_000),
        engine: 'embedded',
        state: 'ready',
        pending: 0,
        detail: null,
      },
      next: from + limit < hits.length ? `${from + limit}.${identity(query)}` : null,
    }
    return Response.json(body)
  }

  return {
    answer,
    suggest: (q: string, limit: number): Suggestions => ({
      items: suggestions(q, (all ??= documents())).slice(0, limit),
    }),
    saved: () => saved,
    save: (wish: NewSavedSearch): SavedSearch => {
      ids += 1
      const made = { ...wish, id: ids, created_at: iso(0) }
      saved = [...saved, made]
      return made
    },
    forget: (id: number) => {
      saved = saved.filter((one) => one.id !== id)
    },
  }
}

const WORDS: Record<string, string[]> = {
  ext: ['mkv', 'md', 'jpg', 'pdf', 'flac'],
  type: ['picture', 'video', 'audio', 'document', 'archive', 'code', 'folder'],
  is: ['deleted', 'live', 'earlier'],
  in: ['tank/home', 'tank/media'],
  owner: ['anna', 'ben'],
}

/** Fields, then a field's values, then names, for the last word. */
function suggestions(q: string, all: Document[]): Suggestion[] {
  const word = /\S*$/.exec(q)?.[0] ?? ''
  const end = charactersOf(q).length
  const replace = { start: end - charactersOf(word).length, end }
  const [, field = '', begun = ''] = /^([a-z]+):(.*)$/.exec(word) ?? []
  if (field !== '') {
    return (WORDS[field] ?? [])
      .filter((value) => value.startsWith(begun))
      .map((value) => {
        const text = `${field}:${value}`
        const { terms } = parse(text, [])
        const count = all.filter((one) => one.latest && terms.every((term) => term.matches(one))).length
        return {
          kind: 'value',
          text,
          detail: `${count.toLocaleString('en')} files`,
          replace,
          insert: `${text} `,
        }
      })
  }
  const filters = Object.keys(WORDS)
    .filter((name) => name.startsWith(word))
    .map((name): Suggestion => ({
      kind: 'filter',
      text: `${name}:`,
      detail: null,
      replace,
      insert: `${name}:`,
    }))
  const names = all
    .filter((one) => word !== '' && one.latest && fold(one.name).startsWith(fold(word)))
    .map(({ name }): Suggestion => ({ kind: 'name', text: name, detail: null, replace, insert: `"${name}"` }))
  return [...filters, ...names]
}

function sorted(found: Document[], sort: string, { terms }: Parsed): Document[] {
  const compare = COMPARE[sort.replace('-', '')]
  if (compare !== undefined) {
    const sign = sort.startsWith('-') ? -1 : 1
    return found.toSorted((a, b) => sign * compare(a, b))
  }
  const words = terms.flatMap(({ word, negative }) => (word === undefined || negative ? [] : [word]))
  const rank = (one: Document) => {
    const name = fold(one.name)
    const here = words.reduce((sum, word) => sum + (name === word ? 4 : name.includes(word) ? 2 : 0), 0)
    return here * 2 + (one.state === 'live' ? 1 : 0)
  }
  return found
    .map((one) => ({ one, rank: rank(one) }))
    .sort((a, b) => b.rank - a.rank)
    .map(({ one }) => one)
}

function hitOf(one: Document, { terms }: Parsed): Hit {
  const words = terms.flatMap(({ word, negative }) => (word === undefined || negative ? [] : [word]))
  const matches = { name: places(one.name, words), folder: places(one.folder, words) }
  // What only finding needs is not answered.
  const answered = { ...one, matches, ext: undefined, folder: undefined, latest: undefined }
  return answered
}

function counts(found: Document[], facet: FacetName): FacetValue[] {
  const values = new Map<string, FacetValue>()
  for (const one of found) {
    const { value, label } = VALUES[facet](one)
    if (value === '') continue
    const known = values.get(value)
    if (known === undefined) values.set(value, { value, label, count: 1 })
    else known.count += 1
  }
  return [...values.values()].sort((a, b) => b.count - a.count)
}

function sizeRange(size: number): string {
  const ranges: [number, string][] = [
    [2 ** 34, 'giant'],
    [2 ** 30, 'huge'],
    [2 ** 27, 'large'],
    [2 ** 20, 'medium'],
    [2 ** 14, 'small'],
  ]
  return ranges.find(([least]) => size >= least)?.[1] ?? 'tiny'
}

/** Where to go on; null: the cursor is of another search. */
function cursorOf(query: URLSearchParams): number | null {
  const cursor = query.get('cursor')
  if (cursor === null) return 0
  const dot = cursor.indexOf('.')
  return cursor.slice(dot + 1) === identity(query) ? Number(cursor.slice(0, dot)) : null
}

function identity(query: URLSearchParams): string {
  return [...FACETS, 'q', 'group', 'sort'].map((name) => query.get(name) ?? '').join('|')
}
