/** A line of the calendar: where, what to write there, and whether a larger unit begins (a new day, a new year). */
export type CalendarLine = { time: number; label: string; major: boolean }

type Unit = 'hour' | 'day' | 'month' | 'year'

const HOUR = 3_600_000
const STEPS: { unit: Unit; step: number; length: number }[] = [
  { unit: 'hour', step: 1, length: HOUR },
  { unit: 'hour', step: 3, length: 3 * HOUR },
  { unit: 'hour', step: 6, length: 6 * HOUR },
  { unit: 'hour', step: 12, length: 12 * HOUR },
  { unit: 'day', step: 1, length: 24 * HOUR },
  { unit: 'day', step: 2, length: 48 * HOUR },
  { unit: 'day', step: 7, length: 168 * HOUR },
  { unit: 'month', step: 1, length: 730 * HOUR },
  { unit: 'month', step: 3, length: 2190 * HOUR },
  { unit: 'month', step: 6, length: 4380 * HOUR },
  { unit: 'year', step: 1, length: 8766 * HOUR },
  { unit: 'year', step: 5, length: 5 * 8766 * HOUR },
  { unit: 'year', step: 20, length: 20 * 8766 * HOUR },
]

const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const dayMonth = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const month = new Intl.DateTimeFormat('en-GB', { month: 'short' })

/** Lines at the calendar's own borders in local time, at most `most` of them. */
export function calendarLines(from: number, to: number, most: number): CalendarLine[] {
  const choice =
    STEPS.find(({ length }) => (to - from) / length <= most) ?? ({ unit: 'year', step: 100 } as const)
  const lines: CalendarLine[] = []
  let date = startOf(new Date(from), choice.unit, choice.step)
  while (date.getTime() <= to) {
    if (date.getTime() >= from) lines.push(line(date, choice.unit))
    date = next(date, choice.unit, choice.step)
  }
  return lines
}

function line(date: Date, unit: Unit): CalendarLine {
  const startsYear = date.getMonth() === 0 && date.getDate() === 1 && date.getHours() === 0
  const at = { time: date.getTime() }
  switch (unit) {
    case 'hour':
      return date.getHours() === 0
        ? { ...at, label: dayMonth.format(date), major: true }
        : { ...at, label: time.format(date), major: false }
    case 'day':
      return { ...at, label: dayMonth.format(date), major: startsYear }
    case 'month':
      return startsYear
        ? { ...at, label: String(date.getFullYear()), major: true }
        : { ...at, label: month.format(date), major: false }
    case 'year':
      return { ...at, label: String(date.getFullYear()), major: false }
  }
}

// The constructor of Date counts in local time and carries over: day 32 is the next month's first, also across
// changes of daylight saving time.
function startOf(date: Date, unit: Unit, step: number): Date {
  const [year, monthOf, day] = [date.getFullYear(), date.getMonth(), date.getDate()]
  switch (unit) {
    case 'hour':
      return new Date(year, monthOf, day, Math.floor(date.getHours() / step) * step)
    case 'day':
      // Weeks begin on Monday.
      return step === 7
        ? new Date(year, monthOf, day - ((date.getDay() + 6) % 7))
        : new Date(year, monthOf, day)
    case 'month':
      return new Date(year, Math.floor(monthOf / step) * step, 1)
    case 'year':
      return new Date(Math.floor(year / step) * step, 0, 1)
  }
}

function next(date: Date, unit: Unit, step: number): Date {
  const [year, monthOf, day] = [date.getFullYear(), date.getMonth(), date.getDate()]
  switch (unit) {
    case 'hour':
      return new Date(year, monthOf, day, date.getHours() + step)
    case 'day':
      return new Date(year, monthOf, day + step)
    case 'month':
      return new Date(year, monthOf + step, 1)
    case 'year':
      return new Date(year + step, 0, 1)
  }
}
