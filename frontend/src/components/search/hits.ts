import { contentUrl } from '../../api/client'
import type { CharacterRange, Hit } from '../../api/search-types'
import { charactersOf, within } from '../../util/characters'
import type { Past } from '../../util/past'
import { paths } from '../../util/paths'
import { decodedSegment, parentPath } from '../../util/relpath'
import { isRestorable, KIND_REFUSAL } from '../tray/restorable'

/** What tells a hit from all others. */
export function hitKey({ host, dataset, path, state, at }: Hit): string {
  return [host, dataset.guid, state, at ?? '', path].join('\n')
}

/** It was seen once, and nothing holds it any more. */
export function isLost({ state, at }: Hit): boolean {
  return state !== 'live' && at == null
}

/** The moment to have it from; null: now, or none at all. */
export function pastOfHit({ at, first_seen, last_seen }: Hit): Past | null {
  if (at == null) return null
  const held = [last_seen, first_seen].find((one) => one?.name === at || one?.guid === at) ?? last_seen
  return { at, tag: held?.name ?? at, created: held?.created_at ?? '' }
}

/** Where the file is looked at, at the moment of this version; a folder is gone into. Null: it can’t be, from here. */
export function hitUrl(hit: Hit): string | null {
  if (!hit.here || isLost(hit)) return null
  const { dataset, path, at = null } = hit
  return hit.kind === 'directory'
    ? paths.files(dataset.name, { at, path })
    : paths.files(dataset.name, { at, path: parentPath(path), selected: path })
}

export type Crumb = { name: string; ranges: CharacterRange[]; url: string | null }

/** The dataset and the folders down to the hit, each with the way there and what of it was searched for. */
export function crumbsOf(hit: Hit): Crumb[] {
  const { dataset, path, at = null, here } = hit
  const urlOf = (folder: string) =>
    here && !isLost(hit) ? paths.files(dataset.name, { at, path: folder }) : null
  const folder = parentPath(path)
  const segments = folder === '' ? [] : folder.split('/')
  let offset = 0
  const folders = segments.map((segment, i): Crumb => {
    const name = decodedSegment(segment)
    const { length } = charactersOf(name)
    const ranges = within(hit.matches.folder, offset, length)
    offset += length + 1
    return { name, ranges, url: urlOf(segments.slice(0, i + 1).join('/')) }
  })
  return [{ name: dataset.name, ranges: [], url: urlOf('') }, ...folders]
}

/** Null: there is nothing to download. */
export function downloadUrl(hit: Hit): string | null {
  if (!hit.here || hit.kind !== 'file' || isLost(hit)) return null
  return contentUrl({ dataset: hit.dataset.name, path: hit.path, at: hit.at ?? null, download: true })
}

/** Why a hit can’t be restored, whoever asks; null: it can. */
export function restoreRefusal(hit: Hit): string | null {
  if (!hit.here) return `It is on ${hit.host}; it can be restored there only.`
  if (!isRestorable(hit)) return KIND_REFUSAL
  if (hit.state === 'live' && hit.at == null) return 'This is the live one.'
  return isLost(hit) ? 'No snapshot holds it.' : null
}
