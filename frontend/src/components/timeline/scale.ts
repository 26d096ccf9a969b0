/** A stretch of time drawn over `width` pixels, with room for the handle at both ends. */
export type Scale = { from: number; to: number; width: number }

/** A stretch of time, in milliseconds. */
export type Span = { from: number; to: number }

const MARGIN = 12
/** Ticks nearer to each other than so many pixels are drawn as one band. */
const DENSE = 3

export function position(scale: Scale, time: number): number {
  const span = Math.max(1, scale.to - scale.from)
  return MARGIN + ((time - scale.from) / span) * Math.max(1, scale.width - 2 * MARGIN)
}

/** What is drawn at `x`. */
export function timeAt(scale: Scale, x: number): number {
  const share = (x - MARGIN) / Math.max(1, scale.width - 2 * MARGIN)
  return scale.from + share * (scale.to - scale.from)
}

/** How many of `times` (in order) are before `time`: where it would be put in. */
export function countBefore(times: number[], time: number): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((times[middle] ?? Infinity) < time) low = middle + 1
    else high = middle
  }
  return low
}

/** Index of the moment drawn nearest to `x`; `times.length` stands for now, which is at `now`. */
export function nearest(scale: Scale, times: number[], now: number, x: number): number {
  const time = timeAt(scale, x)
  const after = countBefore(times, time)
  const at = (index: number) => times[index] ?? now
  if (after === 0) return 0
  return Math.abs(at(after - 1) - time) <= Math.abs(at(after) - time) ? after - 1 : after
}

/** Something on the line: when, and how high (0 to 1). */
export type Mark = { time: number; height: number }
/** A tick that stands alone. */
export type Tick = { x: number; height: number }
/** Ticks too dense to tell apart: the highest of each step, from left to right. */
export type Band = { from: number; steps: number[]; count: number }

/** What is drawn of `marks` (in order): no more than one thing for each three pixels, however many there are. */
export function layOut(scale: Scale, marks: Mark[]): { ticks: Tick[]; bands: Band[] } {
  const ticks: Tick[] = []
  const bands: Band[] = []
  let band: Band = { from: 0, steps: [], count: 0 }
  let lone = 0
  const end = () => {
    const [height] = band.steps
    if (band.count === 1 && height !== undefined) ticks.push({ x: lone, height })
    else if (band.count > 1) bands.push(band)
  }
  for (const { time, height } of inSight(scale, marks)) {
    const x = position(scale, time)
    const step = Math.floor(x / DENSE)
    const last = band.from + band.steps.length - 1
    if (band.count > 0 && step <= last + 1) {
      band.steps[step - band.from] = Math.max(height, band.steps[step - band.from] ?? 0)
      band.count += 1
    } else {
      end()
      band = { from: step, steps: [height], count: 1 }
      lone = x
    }
  }
  end()
  return { ticks, bands }
}

function inSight({ from, to }: Scale, marks: Mark[]): Mark[] {
  const times = marks.map(({ time }) => time)
  return marks.slice(countBefore(times, from), countBefore(times, to + 1))
}

/** Where a band's steps begin, in pixels, and how wide each is. */
export const bandX = (band: Band, step: number) => (band.from + step) * DENSE
export const STEP = DENSE

/** The moment (of those oldest first) that a name, a guid or a time in the address stands for; null when there is none. */
export function findMoment(
  moments: { tag: string; guid: string; created: string }[],
  at: string,
): number | null {
  const named = moments.findLastIndex((moment) => moment.tag === at || moment.guid === at)
  // As the server has it: a time means the newest snapshot at or before it.
  const time = /^\d{4}-\d{2}-\d{2}T/.test(at) ? Date.parse(at) : NaN
  const index = named >= 0 ? named : moments.findLastIndex((moment) => Date.parse(moment.created) <= time)
  return index < 0 ? null : index
}
