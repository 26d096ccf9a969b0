import type { Snapshot } from '../../api/types'

/** From the oldest snapshot to now, drawn over `width` pixels with room for the handle at both ends. */
export type Scale = { from: number; to: number; width: number }

const MARGIN = 12

export function position(scale: Scale, time: number): number {
  const span = Math.max(1, scale.to - scale.from)
  return MARGIN + ((time - scale.from) / span) * Math.max(1, scale.width - 2 * MARGIN)
}

/** Index of the moment drawn nearest to `x`; `moments.length` stands for now. */
export function nearest(scale: Scale, times: number[], x: number): number {
  let best = times.length
  let distance = Math.abs(position(scale, scale.to) - x)
  for (const [i, time] of times.entries()) {
    const d = Math.abs(position(scale, time) - x)
    if (d < distance) {
      best = i
      distance = d
    }
  }
  return best
}

export type Tick = { x: number; height: number; count: number }

/** One tick per two pixels at most: thousands of snapshots become a band. The height tells how much was written (0 to 1). */
export function ticks(scale: Scale, moments: Snapshot[]): Tick[] {
  const most = Math.log2(2 + Math.max(0, ...moments.map((moment) => moment.written)))
  const columns = new Map<number, Tick>()
  for (const moment of moments) {
    const x = Math.round(position(scale, Date.parse(moment.created)) / 2) * 2
    const height = Math.log2(2 + moment.written) / most
    const known = columns.get(x)
    columns.set(x, { x, height: Math.max(height, known?.height ?? 0), count: (known?.count ?? 0) + 1 })
  }
  return [...columns.values()]
}

/** The moment (of those oldest first) that a name, a guid or a time in the address stands for; null when there is none. */
export function findMoment(moments: Snapshot[], at: string): number | null {
  const named = moments.findLastIndex((moment) => moment.tag === at || moment.guid === at)
  // As the server has it: a time means the newest snapshot at or before it.
  const time = /^\d{4}-\d{2}-\d{2}T/.test(at) ? Date.parse(at) : NaN
  const index = named >= 0 ? named : moments.findLastIndex((moment) => Date.parse(moment.created) <= time)
  return index < 0 ? null : index
}
