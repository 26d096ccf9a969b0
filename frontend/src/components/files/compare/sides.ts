import type { Version } from '../../../api/types'
import { placeOf } from '../versions'

/** One of two that are compared: as of when (a snapshot; null: now), and where, if not under the file’s own path. */
export type SideRef = { at: string | null; path: string | null }

export const NOW: SideRef = { at: null, path: null }

/** As the address has it. A snapshot’s name holds neither a slash nor a comma. */
export function sideText({ at, path }: SideRef): string {
  return `${at ?? ''}${path === null ? '' : `/${path.replaceAll(',', '%2C')}`}`
}

/** Two sides as the address has them. */
export function compareText(before: SideRef, after: SideRef): string {
  return `${sideText(before)},${sideText(after)}`
}

/** What the address says; null: nothing that can be understood. */
export function parseCompare(text: string): [SideRef, SideRef] | null {
  const sides = text.split(',')
  const [before, after] = sides
  if (sides.length !== 2 || before === undefined || after === undefined) return null
  return [parseSide(before), parseSide(after)]
}

export function parseSide(text: string): SideRef {
  const slash = text.indexOf('/')
  const at = slash < 0 ? text : text.slice(0, slash)
  return { at: at === '' ? null : at, path: slash < 0 ? null : text.slice(slash + 1) }
}

/** Where a version can be looked at; null: nowhere any more. */
export function sideOf(version: Version, path: string): SideRef | null {
  const place = placeOf(version)
  if (place === null) return null
  const elsewhere = version.path != null && version.path !== path ? version.path : null
  return { at: place.past?.at ?? null, path: elsewhere }
}

/** What one would compare a version with: how the file is now, or what it was before. Null: there is nothing. */
export function compareChoice(
  newestFirst: Version[],
  index: number,
  path: string,
): { two: string; word: string } | null {
  const version = newestFirst[index]
  const side = version === undefined ? null : sideOf(version, path)
  if (version === undefined || side === null || version.kind !== 'file') return null
  if (!version.live && newestFirst.some(({ live, here, kind }) => live && here && kind === 'file')) {
    return { two: compareText(side, NOW), word: 'now' }
  }
  for (const older of newestFirst.slice(index + 1)) {
    const before = older.kind === 'file' ? sideOf(older, path) : null
    if (before !== null) return { two: compareText(before, side), word: 'the one before' }
  }
  return null
}
