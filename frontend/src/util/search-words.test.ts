import { expect, test } from 'vitest'

import type { Completeness, Hit } from '../api/search-types'
import { completenessWords, facetValues, stateWords, totalWords } from './search-words'

const NOW = Date.parse('2026-11-23T12:00:00Z')
const held = { name: 'daily-2026-05-02', guid: '1', created_at: '2026-05-02T22:00:00Z' }
const hit = (more: Partial<Hit>) => ({ state: 'deleted', last_seen: held, deleted_at: null, ...more }) as Hit

test('when it was deleted, as far as that is known', () => {
  const between = (after: string | null, before: string | null) =>
    stateWords(hit({ deleted_at: { after, before } }), NOW)
  expect(between('2026-05-03T00:00:00Z', '2026-05-03T10:00:00Z')).toBe(
    'deleted 3 May, last in daily-2026-05-02',
  )
  expect(between('2026-05-02T10:00:00Z', '2026-05-03T10:00:00Z')).toMatch(/^deleted 2.*3 May, last in/)
  expect(between(null, '2024-05-03T10:00:00Z')).toBe('deleted before 3 May 2024, last in daily-2026-05-02')
  expect(between('2026-05-02T10:00:00Z', null)).toContain('deleted after 2 May,')
  expect(stateWords(hit({ last_seen: null }), NOW)).toBe('deleted, in no snapshot')
  expect(stateWords(hit({ state: 'earlier' }), NOW)).toBe('earlier version, last in daily-2026-05-02')
  expect(stateWords(hit({ state: 'live' }), NOW)).toBeNull()
})

test('totals', () => {
  expect(totalWords({ count: 1234, exact: true }, 'entry')).toBe('1,234 files')
  expect(totalWords({ count: 120_000, exact: false }, 'entry')).toBe('about 120,000 files')
  expect(totalWords({ count: 1, exact: true }, 'version')).toBe('1 version')
})

const whole: Completeness = {
  complete: true,
  snapshots_waiting: 0,
  datasets_waiting: 0,
  live_as_of: null,
  engine: 'embedded',
  state: 'ready',
  pending: 0,
}
test.each<[Partial<Completeness>, string | null]>([
  [{}, null],
  [{ complete: false, snapshots_waiting: 12 }, '12 snapshots are not indexed yet.'],
  [
    { complete: false, snapshots_waiting: 1, datasets_waiting: 2 },
    '1 snapshot is not indexed yet, and nothing of 2 datasets is.',
  ],
  [{ complete: false, datasets_waiting: 1 }, 'Nothing of 1 dataset is indexed yet.'],
  [
    { complete: false, state: 'catching_up', pending: 1200 },
    '1,200 changes can’t be found yet; search is catching up.',
  ],
  [
    { complete: false, state: 'rebuilding' },
    'The search index is being built anew. Until it is done, files are missing here.',
  ],
  [{ complete: false }, 'Not everything is indexed yet.'],
])('completeness %j', (more, words) => {
  expect(completenessWords({ ...whole, ...more })).toBe(words)
})

test('a choice that leaves nothing is still there to be taken back; years and sizes are in their order', () => {
  expect(facetValues('ext', [{ value: 'md', count: 3 }], ['mkv'])).toEqual([
    { value: 'md', count: 3 },
    { value: 'mkv', count: 0 },
  ])
  const values = (facet: 'year' | 'size', ...of: string[]) =>
    facetValues(
      facet,
      of.map((value) => ({ value, count: 1 })),
      [],
    ).map(({ value }) => value)
  expect(values('year', '2019', '2024')).toEqual(['2024', '2019'])
  expect(values('size', 'giant', 'tiny', 'medium')).toEqual(['tiny', 'medium', 'giant'])
})
