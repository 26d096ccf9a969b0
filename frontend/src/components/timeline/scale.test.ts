import { expect, test } from 'vitest'

import { snapshotsOf } from '../../../mock/seed'
import { bandX, countBefore, findMoment, layOut, nearest, position, timeAt } from './scale'

const scale = { from: 0, to: 1000, width: 524 }

test('past is left, now is right, with room for the handle', () => {
  expect(position(scale, 0)).toBe(12)
  expect(position(scale, 500)).toBe(262)
  expect(position(scale, 1000)).toBe(512)
  expect(timeAt(scale, 262)).toBe(500)
})

test('a place among times in order', () => {
  expect([0, 1, 5, 9, 10].map((time) => countBefore([1, 5, 5, 9], time))).toEqual([0, 0, 1, 3, 4])
  expect(countBefore([], 3)).toBe(0)
})

test('a pointer takes the nearest moment, or now', () => {
  const times = [0, 100, 900]
  expect([0, 36, 38, 470, 480, 520].map((x) => nearest(scale, times, 1000, x))).toEqual([0, 0, 1, 2, 2, 3])
  expect(nearest(scale, [], 1000, 3)).toBe(0)
})

test('a pointer finds the same by halving as by looking at each', () => {
  const times = Array.from({ length: 400 }, (_, i) => (i * i) % 997).sort((a, b) => a - b)
  for (let x = 0; x < 524; x += 7) {
    const distance = (index: number) => Math.abs((times[index] ?? 1000) - timeAt(scale, x))
    const best = Math.min(...Array.from({ length: 401 }, (_, i) => distance(i)))
    expect(distance(nearest(scale, times, 1000, x))).toBe(best)
  }
})

test('what stands alone is a tick, what is dense a band with the height of the highest', () => {
  const marks = [
    { time: 0, height: 0.5 },
    { time: 500, height: 0.2 },
    { time: 503, height: 0.9 },
    { time: 508, height: 0.1 },
    { time: 900, height: 1 },
  ]
  const { ticks, bands } = layOut(scale, marks)
  expect(ticks.map(({ height }) => height)).toEqual([0.5, 1])
  expect(bands).toHaveLength(1)
  const [band] = bands
  expect(band?.count).toBe(3)
  expect(Math.max(...(band?.steps ?? []))).toBe(0.9)
  expect(Math.abs(bandX(band ?? { from: 0, steps: [], count: 0 }, 0) - position(scale, 500))).toBeLessThan(3)
})

test('five thousand are no more things than pixels, and none is lost', () => {
  const marks = Array.from({ length: 5000 }, (_, i) => ({ time: i / 5, height: (i % 10) / 10 }))
  const { ticks, bands } = layOut(scale, marks)
  const steps = bands.reduce((sum, band) => sum + band.steps.length, ticks.length)
  expect(steps).toBeLessThanOrEqual(524 / 3 + 1)
  expect(bands.reduce((sum, band) => sum + band.count, ticks.length)).toBe(5000)
})

test('only what is in sight is drawn', () => {
  const marks = [
    { time: 0, height: 1 },
    { time: 500, height: 1 },
    { time: 1000, height: 1 },
  ]
  expect(layOut({ from: 400, to: 600, width: 524 }, marks).ticks).toHaveLength(1)
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
