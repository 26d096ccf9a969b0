const DAY = 86_400

const dateTime = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
})
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })
const dayOfYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const full = new Intl.DateTimeFormat('en-GB', {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
})
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'always' })

/** Local date and time: `3 May 2026, 14:05`. */
export function formatDateTime(at: string | number | Date): string {
  const date = new Date(at)
  return Number.isNaN(date.getTime()) ? 'unknown' : dateTime.format(date)
}

/** Local date: `3 May 2026`. */
export function formatDay(at: string | number | Date): string {
  const date = new Date(at)
  return Number.isNaN(date.getTime()) ? 'unknown' : day.format(date)
}

/** From a local date to another, the year only if it is not this one: `3 May`, `2–3 May`, `3 May 2024`. */
export function formatDays(from: string, to: string, now: number = Date.now()): string {
  const [a, b] = [new Date(from), new Date(to)]
  if (Number.isNaN(a.getTime()) || Number.isNaN(b.getTime())) return 'unknown'
  const year = new Date(now).getFullYear()
  return (a.getFullYear() === year && b.getFullYear() === year ? dayOfYear : day).formatRange(a, b)
}

/** The time alone where it is today's: `14:05`, otherwise with the date. */
export function formatClock(at: string, now: number = Date.now()): string {
  const date = new Date(at)
  return date.toDateString() === new Date(now).toDateString() ? clock.format(date) : formatDateTime(at)
}

/** Everything that is known: weekday, seconds, time zone, and the text the server sent (it has nanoseconds). */
export function formatFull(at: string): string {
  const date = new Date(at)
  return Number.isNaN(date.getTime()) ? at : `${full.format(date)} · ${at}`
}

/** `6 months ago`, `in 3 hours`, `just now`. */
export function formatRelative(at: string | number | Date, now: number = Date.now()): string {
  const seconds = (new Date(at).getTime() - now) / 1000
  const size = Math.abs(seconds)
  const steps: [number, number, Intl.RelativeTimeFormatUnit][] = [
    [60, 1, 'second'],
    [3600, 60, 'minute'],
    [DAY, 3600, 'hour'],
    [14 * DAY, DAY, 'day'],
    [60 * DAY, 7 * DAY, 'week'],
    [730 * DAY, 30.44 * DAY, 'month'],
    [Infinity, 365 * DAY, 'year'],
  ]
  if (size < 10) return 'just now'
  const [, length, unit] = steps.find(([limit]) => size < limit) ?? [0, 1, 'second' as const]
  return relative.format(Math.trunc(seconds / length), unit)
}

/** How long something took: `0.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min`. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}

/** How long something will still take, no finer than an estimate is: `less than 1 min`, `about 3 min`, `about 2 h`. */
export function formatEstimate(seconds: number): string {
  if (seconds < 45) return 'less than 1 min'
  if (seconds < 90 * 60) return `about ${Math.max(1, Math.round(seconds / 60))} min`
  return `about ${Math.round(seconds / 3600)} h`
}
