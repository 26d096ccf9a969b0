import type { Entry } from '../../api/types'
import { span } from '../../util/list-keys'

/** What is selected in a folder, and where a range of it begins. */
export type Selection = { picked: ReadonlyMap<string, Entry>; anchor: number }

export const NOTHING: Selection = { picked: new Map(), anchor: -1 }

/** Takes one in, or out again. */
export function toggled(selection: Selection, entries: Entry[], index: number): Selection {
  const entry = entries[index]
  if (entry === undefined) return selection
  const picked = new Map(selection.picked)
  if (!picked.delete(entry.path)) picked.set(entry.path, entry)
  return { picked, anchor: index }
}

/** Takes in all from where the range began; `from` where none has. */
export function extended(selection: Selection, entries: Entry[], from: number, to: number): Selection {
  const anchor = selection.anchor < 0 ? Math.max(0, from) : selection.anchor
  const picked = new Map(selection.picked)
  for (const entry of span(entries, anchor, to)) picked.set(entry.path, entry)
  return { picked, anchor }
}

/** Takes in all; all of them out when they were. */
export function allOrNone(selection: Selection, entries: Entry[]): Selection {
  if (entries.length > 0 && entries.every(({ path }) => selection.picked.has(path))) return NOTHING
  return all(entries)
}

export function all(entries: Entry[]): Selection {
  return { picked: new Map(entries.map((entry) => [entry.path, entry])), anchor: 0 }
}
