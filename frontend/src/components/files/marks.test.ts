import { expect, test } from 'vitest'

import { entry } from '../../../mock/seed'
import type { Entry } from '../../api/types'
import { markOf, sinceWords } from './marks'
import { all, allOrNone, extended, NOTHING, toggled } from './selection'

const of = (more: Partial<Entry>) => markOf(entry('a', more))

test('what became of an entry is a letter and a word, and nothing where it is the same', () => {
  expect(of({ now: 'changed' })).toMatchObject({ letter: 'M', word: 'Changed since' })
  expect(of({ now: 'deleted' })).toMatchObject({ letter: 'D', tone: 'gone', word: 'Deleted since' })
  expect(of({ now: 'added' })).toMatchObject({ letter: 'N', tone: 'new', word: 'Added since' })
  expect(of({ now: 'moved', now_at: 'b%20c/a' })).toMatchObject({ letter: 'R', more: 'now /b c/a' })
  expect(of({ now: 'same' })).toBeNull()
  expect(of({})).toBeNull()
})

test('what was gone already says when it was last', () => {
  const last = { snapshot: 'daily', at: '2026-05-03T12:05:00Z' }
  const deleted = { first: last, last, snapshots: 1, moved: false }
  expect(of({ deleted })).toMatchObject({ word: 'Deleted', more: 'deleted, last in daily' })
  expect(of({ deleted: { ...deleted, last: { ...last, snapshot: null } } })?.more).toBe(
    'deleted, in no snapshot',
  )
})

test('a folder is summed up, if it was compared', () => {
  const entries = (['same', 'changed', 'changed', 'added'] as const).map((now, i) => entry(`f${i}`, { now }))
  expect(sinceWords(entries)).toBe('2 changed, 1 added since')
  expect(sinceWords(entries.slice(0, 1))).toBe('all as it is now')
  expect(sinceWords([entry('a')])).toBeNull()
})

const files = Array.from({ length: 6 }, (_, i) => entry(`f${i}`))
const paths = (selection: typeof NOTHING) => [...selection.picked.keys()]

test('one is taken in, and out again', () => {
  const one = toggled(NOTHING, files, 2)
  expect(paths(one)).toEqual(['f2'])
  expect(paths(toggled(one, files, 2))).toEqual([])
  expect(toggled(NOTHING, files, 9)).toBe(NOTHING)
})

test('a range goes from the last one taken in, either way', () => {
  const one = toggled(NOTHING, files, 3)
  expect(paths(extended(one, files, 0, 5)).sort()).toEqual(['f3', 'f4', 'f5'])
  expect(paths(extended(one, files, 0, 1)).sort()).toEqual(['f1', 'f2', 'f3'])
  // Without one, from where the keys are.
  expect(paths(extended(NOTHING, files, 1, 2))).toEqual(['f1', 'f2'])
  expect(paths(extended(NOTHING, files, -1, 0))).toEqual(['f0'])
})

test('all, and none when all were', () => {
  expect(paths(allOrNone(toggled(NOTHING, files, 1), files))).toHaveLength(6)
  expect(paths(allOrNone(all(files), files))).toEqual([])
})
