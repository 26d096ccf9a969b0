import type { Span } from './scale'

const DAY = 86_400_000
/** No one needs to look closer. */
const CLOSEST = 5 * 60_000

/** How long the stretches are that can be chosen by name. */
export const LENGTHS = { year: 365.25 * DAY, month: 30.5 * DAY, week: 7 * DAY, day: DAY } as const
export type Length = keyof typeof LENGTHS

/** A stretch of that length around a time, inside all there is. */
export function spanAround(all: Span, time: number, length: number): Span | null {
  return within(all, { from: time - length / 2, to: time + length / 2 })
}

/** `factor` times as long, `time` where it was. Null: all of it is in sight. */
export function zoomed(all: Span, span: Span, time: number, factor: number): Span | null {
  const length = Math.max(CLOSEST, (span.to - span.from) * factor)
  const share = (time - span.from) / Math.max(1, span.to - span.from)
  return within(all, { from: time - share * length, to: time + (1 - share) * length })
}

export function moved(all: Span, span: Span, by: number): Span | null {
  return within(all, { from: span.from + by, to: span.to + by })
}

/** The stretch, moved only so far that the time is in it, with some room to the side it came from. */
export function keepInSight(all: Span, span: Span, time: number): Span | null {
  const room = (span.to - span.from) * 0.1
  if (time >= span.from && time <= span.to) return span
  return moved(all, span, time < span.from ? time - span.from - room : time - span.to + room)
}

/** Neither before the beginning nor after the end. Null: it is as long as all. */
function within(all: Span, span: Span): Span | null {
  const length = span.to - span.from
  if (length >= all.to - all.from) return null
  const from = Math.min(Math.max(span.from, all.from), all.to - length)
  return { from, to: from + length }
}
