import { expect, test } from 'vitest'

import { snapshotsOf } from '../../../mock/seed'
import { findMoment, nearest, position, ticks } from './scale'

const scale = { from: 0, to: 1000, width: 524 }

test('past is left, now is right, with room for the handle', () => {
  expect(position(scale, 0)).toBe(12)
  expect(position(scale, 500)).toBe(262)
  expect(position(scale, 1000)).toBe(512)
})

test('a pointer takes the nearest moment, or now', () => {
  const times = [0, 100, 900]
  expect(nearest(scale, times, 0)).toBe(0)
  expect(nearest(scale, times, 70)).toBe(1)
  expect(nearest(scale, times, 470)).toBe(2)
  expect(nearest(scale, times, 520)).toBe(3)
})

test('thousands of snapshots are no more ticks than pixels', () => {
  const many = Array.from({ length: 100 }, () => snapshotsOf('tank')).flat()
  const drawn = ticks({ from: Date.parse(many[0]?.created ?? '') - 1e9, to: Date.now(), width: 300 }, many)
  expect(drawn.length).toBeLessThanOrEqual(151)
  expect(drawn.reduce((sum, tick) => sum + tick.count, 0)).toBe(many.length)
  expect(Math.max(...drawn.map((tick) => tick.height))).toBeLessThanOrEqual(1)
})

test('a moment is found by its tag, its guid or a time', () => {
  const moments = snapshotsOf('tank').reverse()
  expect(findMoment(moments, moments[7]?.tag ?? '')).toBe(7)
  expect(findMoment(moments, moments[7]?.guid ?? '')).toBe(7)
  const after = new Date(Date.parse(moments[7]?.created ?? '') + 1000).toISOString()
  expect(findMoment(moments, after)).toBe(7)
  expect(findMoment(moments, '1999-01-01T00:00:00Z')).toBeNull()
  expect(findMoment(moments, 'gone')).toBeNull()
})
