import type { Moment, Sighting } from '../api/types'

/** A moment that a snapshot keeps. `at` is what the API is asked with: the snapshot's guid where it is known, else its name. */
export type Past = { at: string; tag: string; created: string }

export function pastOf(moment: Moment): Past {
  return { at: moment.guid, tag: moment.tag, created: moment.created }
}

/** The snapshot of a sighting; null when only the live file system was seen so. */
export function pastOfSighting({ snapshot, at }: Sighting): Past | null {
  return snapshot == null ? null : { at: snapshot, tag: snapshot, created: at }
}

/** Whether what lasted from `first` to `last` was there at a snapshot's time. */
export function covers(life: { first: Sighting; last: Sighting }, created: string): boolean {
  const time = Date.parse(created)
  return Date.parse(life.first.at) <= time && time <= Date.parse(life.last.at)
}
