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

/** The version that lasted longest, of at least two; undefined where that says nothing. */
export function longestHeld(versions: Version[], now = Date.now()): Version | undefined {
  if (versions.length < 2) return undefined
  const held = ({ first, last, live }: Version) => (live ? now : Date.parse(last.at)) - Date.parse(first.at)
  return versions.reduce((longest, version) => (held(version) > held(longest) ? version : longest))
}

/** Over all versions: first and last seen, and by how many snapshots; null where there is none. */
export function seenOf(
  versions: Version[],
): { first: string; last: string; live: boolean; snapshots: number } | null {
  const [newest] = versions
  if (newest === undefined) return null
  const least = (a: string, b: string) => (Date.parse(b) < Date.parse(a) ? b : a)
  const most = (a: string, b: string) => (Date.parse(b) > Date.parse(a) ? b : a)
  return {
    first: versions.map(({ first }) => first.at).reduce(least),
    last: versions.map(({ last }) => last.at).reduce(most),
    live: versions.some(({ live }) => live),
    snapshots: versions.reduce((sum, version) => sum + version.snapshots, 0),
  }
}
