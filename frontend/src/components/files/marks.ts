import type { Entry } from '../../api/types'
import type { MarkTone } from '../../ui/Mark'
import { displayPath } from '../../util/relpath'
import { formatCount } from '../../util/sizes'

/** What there is to say of an entry: a letter and a tone, its word, and what else is known. */
export type EntryMark = { letter: string; tone: MarkTone; word: string; more: string | null }

/** Null: it is as it is now, or nobody compared it. */
export function markOf({ deleted, now, now_at: nowAt }: Entry): EntryMark | null {
  if (deleted != null) {
    const { last, moved } = deleted
    const word = moved ? 'Moved away' : 'Deleted'
    const where = last.snapshot == null ? 'in no snapshot' : `last in ${last.snapshot}`
    return { letter: 'D', tone: 'gone', word, more: `${word.toLowerCase()}, ${where}` }
  }
  switch (now) {
    case 'changed':
      return { letter: 'M', tone: 'other', word: 'Changed since', more: null }
    case 'deleted':
      return { letter: 'D', tone: 'gone', word: 'Deleted since', more: null }
    case 'moved':
      return {
        letter: 'R',
        tone: 'other',
        word: 'Moved since',
        more: nowAt == null ? 'now elsewhere' : `now ${displayPath(nowAt)}`,
      }
    case 'added':
      return { letter: 'N', tone: 'new', word: 'Added since', more: null }
    default:
      return null
  }
}

const COUNTED = [
  ['changed', 'changed'],
  ['deleted', 'deleted'],
  ['moved', 'moved'],
  ['added', 'added'],
] as const

/** `2 changed, 1 deleted since`; null: these entries were not compared. */
export function sinceWords(entries: Entry[]): string | null {
  if (!entries.some(({ now }) => now != null)) return null
  const parts = COUNTED.map(([now, word]) => {
    const count = entries.filter((entry) => entry.now === now).length
    return count === 0 ? null : `${formatCount(count)} ${word}`
  }).filter((part) => part !== null)
  return parts.length === 0 ? 'all as it is now' : `${parts.join(', ')} since`
}
