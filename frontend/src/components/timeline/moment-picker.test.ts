import { expect, test } from 'vitest'

import { offered } from './MomentPicker'

const moments = Array.from({ length: 5000 }, (_, i) => ({
  tag: `auto-${i}`,
  guid: String(i),
  created: new Date(Date.parse('2026-01-01T00:00:00Z') + i * 3_600_000).toISOString(),
  changed: null,
}))
const values = (chosen: number | null, typed: string) =>
  offered(moments, chosen, typed).map(({ value }) => value)

test('now, then the newest, and always the chosen one', () => {
  const found = values(7, '')
  expect(found.slice(0, 3)).toEqual(['5000', '4999', '4998'])
  expect(found).toHaveLength(202)
  expect(found.at(-1)).toBe('7')
})

test('what is typed finds older ones by name and by date', () => {
  expect(values(5000, 'AUTO-123').slice(0, 2)).toEqual(['1239', '1238'])
  expect(values(5000, '2 Jan 2026, 04').some((value) => value === '27')).toBe(true)
  // What the field shows by itself is nothing typed.
  expect(values(5000, 'Now')).toHaveLength(201)
})
