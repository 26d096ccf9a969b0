import type { TimeLine, TimeLineMoment, Version } from '../../api/types'
import { formatBytes, plural } from '../../util/sizes'

/** Something on a time line. */
export type Point = {
  time: number
  name: string
  /** How much changed, in words; empty where nobody knows. */
  what: string
  /** How much changed, 0 to 1. */
  height: number
}

/** What is drawn where nobody knows how much changed. */
const UNKNOWN = 0.12

/** The snapshots of a dataset, oldest first. */
export function pointsOf(moments: TimeLineMoment[]): Point[] {
  const heights = scaled(moments.map(({ changed }) => (changed == null ? null : weight(changed))))
  return moments.map(({ created, tag, changed }, i) => ({
    time: Date.parse(created),
    name: tag,
    what: changed == null ? '' : changeWords(changed),
    height: heights[i] ?? UNKNOWN,
  }))
}

/** The versions of a file, newest first as the API has them, by when each was first seen. */
export function pointsOfVersions(newestFirst: Version[]): Point[] {
  const versions = newestFirst.toReversed()
  const heights = scaled(versions.map(({ size }) => size))
  return versions.map(({ first, kind, size, snapshots }, i) => ({
    time: Date.parse(first.at),
    name: first.snapshot ?? 'live',
    what: `${kind === 'file' ? `${formatBytes(size)}, ` : ''}in ${plural(snapshots, 'snapshot')}`,
    height: heights[i] ?? UNKNOWN,
  }))
}

/** `1,204 changed, 3.20 MiB`. */
export function changeWords({ objects, bytes }: NonNullable<TimeLine['live']>): string {
  if (objects === 0) return 'nothing changed'
  return `${plural(objects, 'change')}${bytes === 0 ? '' : `, ${formatBytes(bytes)}`}`
}

/** A file counts as much as a few kilobytes, so that many small ones are seen, too. */
function weight({ objects, bytes }: NonNullable<TimeLineMoment['changed']>): number {
  return bytes + 4096 * objects
}

/** The lowest that something is drawn: it must be seen that there is something. */
const LOWEST = 0.15

/** Sizes are worlds apart: each height is that of the logarithm, between the smallest and the largest there is. */
function scaled(weights: (number | null)[]): (number | null)[] {
  const logs = weights.map((weight) => (weight === null || weight === 0 ? null : Math.log2(1 + weight)))
  const known = logs.filter((log) => log !== null)
  const least = known.reduce((a, b) => Math.min(a, b), Infinity)
  const most = known.reduce((a, b) => Math.max(a, b), 0)
  const height = (log: number) => LOWEST + (1 - LOWEST) * (most > least ? (log - least) / (most - least) : 1)
  return weights.map((weight, i) => {
    const log = logs[i]
    return weight === null ? null : log == null ? 0 : height(log)
  })
}
