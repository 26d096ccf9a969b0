import { expect, test } from 'vitest'

import type { Version } from '../../api/types'
import { isShown, longestHeld, placeOf, seenOf, sizeSteps } from './versions'

const version = (first: string, last: string, more: Partial<Version> = {}): Version => ({
  kind: 'file',
  size: 10,
  mode: 420,
  uid: 0,
  gid: 0,
  owner: 'root',
  group: 'root',
  inode: '7',
  live: false,
  first: { snapshot: `s${first}`, at: `2026-11-${first}T00:00:00Z` },
  last: { snapshot: `s${last}`, at: `2026-11-${last}T00:00:00Z` },
  snapshots: 2,
  here: true,
  path: 'a',
  ...more,
})

test('a version is shown from its first sighting to its last', () => {
  const known = version('10', '12')
  expect(isShown(known, '2026-11-09T00:00:00Z')).toBe(false)
  expect(isShown(known, '2026-11-10T00:00:00Z')).toBe(true)
  expect(isShown(known, '2026-11-12T01:00:00+01:00')).toBe(true)
  expect(isShown(known, null)).toBe(false)
  expect(isShown(version('10', '12', { live: true }), null)).toBe(true)
  expect(isShown(version('10', '12', { here: false }), '2026-11-11T00:00:00Z')).toBe(false)
})

test('a version is looked at live, else in its newest snapshot', () => {
  expect(placeOf(version('10', '12'))?.past?.at).toBe('s12')
  expect(placeOf(version('10', '12', { live: true }))).toEqual({ past: null })
  expect(placeOf(version('10', '12', { last: { snapshot: null, at: '2026-11-12T00:00:00Z' } }))).toBeNull()
})

test('sizes over time begin with the oldest and last until now', () => {
  const now = Date.parse('2026-11-23T00:00:00Z')
  const steps = sizeSteps(
    [version('14', '20', { size: 3, live: true }), version('10', '12', { size: 1 })],
    now,
  )
  expect(steps.map(({ size }) => size)).toEqual([1, 3])
  expect(steps[1]?.to).toBe(now)
  expect(steps[0]?.to).toBe(Date.parse('2026-11-12T00:00:00Z'))
})

test('the version that lasted longest, live until now', () => {
  const now = Date.parse('2026-11-23T00:00:00Z')
  const [newest, older] = [version('20', '20', { live: true }), version('10', '12')]
  expect(longestHeld([newest, older], now)).toBe(newest)
  expect(longestHeld([version('20', '20'), older], now)).toBe(older)
  expect(longestHeld([older], now)).toBeUndefined()
})

test('first and last seen over all versions', () => {
  expect(seenOf([version('14', '20'), version('10', '12', { snapshots: 3 })])).toEqual({
    first: '2026-11-10T00:00:00Z',
    last: '2026-11-20T00:00:00Z',
    live: false,
    snapshots: 5,
  })
  expect(seenOf([])).toBeNull()
})
