import { expect, test } from 'vitest'

import { changeWords, pointsOf } from './points'

const moment = (changed: { objects: number; bytes: number } | null) => ({
  tag: 'daily-2026-05-03',
  guid: '1',
  created: '2026-05-03T12:05:00Z',
  changed,
})

test('the height grows with what changed, and many small files are seen, too', () => {
  const [none, small, many, large, unknown] = pointsOf([
    moment({ objects: 0, bytes: 0 }),
    moment({ objects: 1, bytes: 10 }),
    moment({ objects: 5000, bytes: 10 }),
    moment({ objects: 1, bytes: 2 ** 40 }),
    moment(null),
  ]).map(({ height }) => height)
  expect([none, small, many, large].every((one, i, all) => i === 0 || (one ?? 0) > (all[i - 1] ?? 1))).toBe(
    true,
  )
  expect(large).toBe(1)
  expect(unknown).toBeGreaterThan(0)
})

test('what changed in words', () => {
  expect(changeWords({ objects: 0, bytes: 0 })).toBe('nothing changed')
  expect(changeWords({ objects: 1, bytes: 0 })).toBe('1 change')
  expect(changeWords({ objects: 1204, bytes: 3 * 1024 * 1024 })).toBe('1,204 changes, 3.00 MiB')
})
