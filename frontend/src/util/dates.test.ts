import { expect, test } from 'vitest'

import { formatDateTime, formatDuration, formatFull, formatRelative } from './dates'

test('dates are local', () => {
  expect(formatDateTime('2026-05-03T12:05:09Z')).toBe('3 May 2026, 14:05')
  expect(formatDateTime('2026-01-03T12:05:09Z')).toBe('3 Jan 2026, 13:05')
})

test('the full date keeps the nanoseconds the server sent', () => {
  const full = formatFull('2026-05-03T12:05:09.123456789Z')
  expect(full).toContain('Sunday')
  expect(full).toContain('14:05:09')
  expect(full).toContain('2026-05-03T12:05:09.123456789Z')
})

test('what is no date does not break a page', () => {
  expect(formatDateTime('soon')).toBe('unknown')
  expect(formatFull('soon')).toBe('soon')
})

const now = Date.parse('2026-11-22T12:00:00Z')
test.each([
  ['2026-11-22T11:59:55Z', 'just now'],
  ['2026-11-22T11:59:30Z', '30 seconds ago'],
  ['2026-11-22T11:01:00Z', '59 minutes ago'],
  ['2026-11-21T13:00:00Z', '23 hours ago'],
  ['2026-11-19T12:00:00Z', '3 days ago'],
  ['2026-11-01T12:00:00Z', '3 weeks ago'],
  ['2026-05-03T12:05:00Z', '6 months ago'],
  ['2020-11-22T12:00:00Z', '6 years ago'],
  ['2026-11-22T15:00:00Z', 'in 3 hours'],
])('%s is %s', (at, text) => {
  expect(formatRelative(at, now)).toBe(text)
})

test.each([
  [-5, '0.0 s'],
  [430, '0.4 s'],
  [12_300, '12 s'],
  [185_000, '3 min 5 s'],
  [7_800_000, '2 h 10 min'],
])('%d ms took %s', (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text)
})
