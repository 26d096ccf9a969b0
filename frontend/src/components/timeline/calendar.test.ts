import { expect, test } from 'vitest'

import { calendarLines } from './calendar'

const lines = (from: string, to: string, most: number) =>
  calendarLines(new Date(from).getTime(), new Date(to).getTime(), most).map(({ label }) => label)

test('hours of a day, the day’s name at midnight', () => {
  expect(lines('2026-05-02T19:30', '2026-05-03T07:00', 5)).toEqual(['21:00', '3 May', '03:00', '06:00'])
})

test('weeks begin on Monday', () => {
  expect(lines('2026-05-01T10:00', '2026-05-20T10:00', 4)).toEqual(['4 May', '11 May', '18 May'])
})

test('months, the year’s number in January', () => {
  expect(lines('2025-11-10T10:00', '2026-03-10T10:00', 6)).toEqual(['Dec', '2026', 'Feb', 'Mar'])
})

test('days stay at midnight through a change of daylight saving time', () => {
  const times = calendarLines(Date.parse('2026-03-27T12:00'), Date.parse('2026-03-31T12:00'), 6)
  expect(times.map(({ time }) => new Date(time).getHours())).toEqual([0, 0, 0, 0])
})

test('never more than asked for', () => {
  for (const years of [0.001, 0.01, 0.1, 1, 10, 100]) {
    const from = Date.parse('2000-02-03T04:05')
    expect(calendarLines(from, from + years * 8766 * 3_600_000, 8).length).toBeLessThanOrEqual(9)
  }
})
