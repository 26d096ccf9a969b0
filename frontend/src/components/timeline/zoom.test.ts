import { expect, test } from 'vitest'

import { keyTarget, stepTarget } from './keys'
import { keepInSight, moved, spanAround, zoomed } from './zoom'

const DAY = 86_400_000
const all = { from: 0, to: 100 * DAY }

test('a stretch around a time stays inside all there is', () => {
  expect(spanAround(all, 50 * DAY, 10 * DAY)).toEqual({ from: 45 * DAY, to: 55 * DAY })
  expect(spanAround(all, DAY, 10 * DAY)).toEqual({ from: 0, to: 10 * DAY })
  expect(spanAround(all, 99 * DAY, 10 * DAY)).toEqual({ from: 90 * DAY, to: 100 * DAY })
  expect(spanAround(all, 50 * DAY, 200 * DAY)).toBeNull()
})

test('zooming keeps what is under the pointer where it is', () => {
  const near = zoomed(all, all, 25 * DAY, 0.5)
  expect(near).toEqual({ from: 12.5 * DAY, to: 62.5 * DAY })
  expect(zoomed(all, near ?? all, 25 * DAY, 2)).toBeNull()
  const closest = zoomed(all, { from: 0, to: 1000 }, 500, 0.001)
  expect((closest?.to ?? 0) - (closest?.from ?? 0)).toBe(5 * 60_000)
})

test('moving ends at the ends', () => {
  expect(moved(all, { from: 10 * DAY, to: 20 * DAY }, -50 * DAY)).toEqual({ from: 0, to: 10 * DAY })
})

test('the chosen moment comes into sight, and what shows it already stays', () => {
  const span = { from: 10 * DAY, to: 20 * DAY }
  expect(keepInSight(all, span, 15 * DAY)).toBe(span)
  expect(keepInSight(all, span, 30 * DAY)).toEqual({ from: 21 * DAY, to: 31 * DAY })
  expect(keepInSight(all, span, 5 * DAY)).toEqual({ from: 4 * DAY, to: 14 * DAY })
})

test('keys step by moment, ends are ends', () => {
  const to = (key: string) => keyTarget(key, 5, 40)
  expect(['ArrowLeft', 'ArrowRight', 'PageUp', 'PageDown', 'Home', 'End', 'x'].map(to)).toEqual([
    4,
    6,
    15,
    0,
    0,
    40,
    null,
  ])
  expect(keyTarget('ArrowRight', 40, 40)).toBe(40)
})

test('with Shift they step by version', () => {
  const steps = [40, 12, 30, 3]
  expect(stepTarget('ArrowLeft', 30, steps)).toBe(12)
  expect(stepTarget('ArrowRight', 13, steps)).toBe(30)
  expect(stepTarget('ArrowRight', 40, steps)).toBeNull()
  expect(stepTarget('Home', 30, steps)).toBeNull()
})
