import type { Version } from '../../api/types'
import { covers, type Past, pastOfSighting } from '../../util/past'

/** Where a version can be seen: a snapshot, or live; null: it was seen live once, and no snapshot has kept it. */
export function placeOf(version: Version): { past: Past | null } | null {
  if (version.live) return { past: null }
  const past = pastOfSighting(version.last)
  return past === null ? null : { past }
}

/** Whether it is this version that the page shows of the path. `shown`: the moment's time; null: now. */
export function isShown(version: Version, shown: string | null): boolean {
  if (!version.here) return false
  return shown === null ? version.live : covers(version, shown)
}

/** The stretches of one size, oldest first. The time of the last one's end is that of now, or when it was last seen. */
export type Step = { from: number; to: number; size: number }

export function sizeSteps(newestFirst: Version[], now: number): Step[] {
  return newestFirst
    .filter((version) => version.kind === 'file')
    .map(({ first, last, live, size }) => ({
      from: Date.parse(first.at),
      to: Math.max(Date.parse(first.at), live ? now : Date.parse(last.at)),
      size,
    }))
    .sort((a, b) => a.from - b.from)
}
