import type { Entry } from '../../api/types'
import { type Past, pastOfSighting } from '../../util/past'

/** An entry, and from when it can be taken; null: it is the live one, or no snapshot holds it. */
export type Gathered = { dataset: string; from: Past | null; entry: Entry }

/** From when an entry of a folder is, if the folder is shown as of `past`: what is no more is taken as it last was. */
export function placeOfEntry({ deleted, now }: Entry, past: Past | null): Past | null {
  if (deleted != null) return pastOfSighting(deleted.last)
  return now === 'added' ? null : past
}

export function gather(dataset: string, past: Past | null, entries: Entry[]): Gathered[] {
  return entries.map((entry) => ({ dataset, from: placeOfEntry(entry, past), entry }))
}
