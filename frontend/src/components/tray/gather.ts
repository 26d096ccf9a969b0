import type { DownloadFormat, DownloadRequest, EntryKind } from '../../api/types'
import type { Hit } from '../../api/search-types'
import type { Entry, Version } from '../../api/types'
import type { Past } from '../../util/past'
import { outermost, trayGroups, type TrayItem } from '../../util/tray'
import { type Gathered, placeOfEntry } from '../files/gather'
import { placeOf } from '../files/versions'
import { isLost, pastOfHit } from '../search/hits'
import { isRestorable } from './restorable'

function itemOf(
  dataset: string,
  from: Past | null,
  entry: { path: string; kind: EntryKind; size: number },
): TrayItem | null {
  if (!isRestorable(entry)) return null
  const { path, kind, size } = entry
  return { dataset, path, from, kind, size: kind === 'directory' ? null : size }
}

/** An entry of a folder shown as of `past` (null: now); what is no more by then, as it was last. Null: it can’t be had. */
export function itemOfEntry(dataset: string, past: Past | null, entry: Entry): TrayItem | null {
  const from = placeOfEntry(entry, past)
  if (entry.mountpoint || (entry.deleted != null && from === null)) return null
  return itemOf(dataset, from, entry)
}

/** What was selected in a folder, without what can’t be had. */
export function itemsOfGathered(gathered: Gathered[]): TrayItem[] {
  return gathered.flatMap(({ dataset, from, entry }) => itemOfEntry(dataset, from, entry) ?? [])
}

/** A version of what is or was at `path`, from the newest snapshot that holds it. Null: it can’t be had. */
export function itemOfVersion(dataset: string, path: string, version: Version): TrayItem | null {
  const place = placeOf(version)
  return place === null ? null : itemOf(dataset, place.past, { ...version, path: version.path ?? path })
}

/** A hit, from where it was found. Null: it can’t be had from here. */
export function itemOfHit(hit: Hit): TrayItem | null {
  if (!hit.here || isLost(hit)) return null
  return itemOf(hit.dataset.name, pastOfHit(hit), hit)
}

/** What to ask for all of it as one archive. */
export function downloadRequest(format: DownloadFormat, items: TrayItem[]): DownloadRequest {
  return {
    format,
    items: trayGroups(items).map(({ dataset, from, items: inside }) => ({
      dataset,
      ...(from === null ? {} : { at: from.at }),
      paths: outermost(inside.map(({ path }) => path)),
    })),
  }
}
