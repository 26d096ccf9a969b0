import type { PlanAction, RestoredItem, RestoreResult, UndoResult } from '../../api/types'
import type { Tone } from '../../ui/StateMark'
import { formatCount, plural } from '../../util/sizes'

type Counted = Pick<RestoreResult, 'restored' | 'skipped' | 'failed' | 'unchanged'>

/** How many came to what; a count that is not told is none. */
export function countsOf({ restored = 0, skipped = 0, failed = 0, unchanged = 0 }: Counted) {
  return { restored, skipped, failed, unchanged, all: restored + skipped + failed + unchanged }
}

/** `14 restored, 2 skipped, 1 failed`, and how well that is. */
export function countWords(result: Counted): { tone: Tone; words: string } {
  const { restored, skipped, failed, unchanged } = countsOf(result)
  const words = [
    `${formatCount(restored)} restored`,
    skipped === 0 ? null : `${formatCount(skipped)} skipped`,
    unchanged === 0 ? null : `${formatCount(unchanged)} the same already`,
    failed === 0 ? null : `${formatCount(failed)} failed`,
  ].filter((part) => part !== null)
  return { tone: failed > 0 ? 'fault' : skipped > 0 ? 'attention' : 'well', words: words.join(', ') }
}

/** What an undo would remove and put back, in whole sentences, and in the words of its button. */
export function undoWords(result: Pick<RestoreResult, 'items' | 'restored'>): {
  text: string
  button: string
} {
  const done = result.items.filter(({ outcome }) => outcome === 'restored')
  // Not every entry of a large restore is told; what is not counted is then not claimed.
  if (done.length < countsOf(result).restored) {
    return {
      text: 'What this restore made is removed; what it replaced or moved aside is put back.',
      button: 'Undo the restore',
    }
  }
  const count = (...actions: PlanAction[]) => done.filter(({ action }) => actions.includes(action)).length
  const [made, replaced, moved] = [count('create', 'keep_both'), count('replace'), count('move_aside')]
  const deeds = [
    made > 0
      ? [
          `${plural(made, 'restored entry is', 'restored entries are')} removed.`,
          `remove ${formatCount(made)}`,
        ]
      : [],
    replaced > 0
      ? [
          `${plural(replaced, 'entry that was replaced is', 'entries that were replaced are')} put back.`,
          `put back ${formatCount(replaced)}`,
        ]
      : [],
    moved > 0
      ? [
          `${plural(moved, 'entry that was moved aside goes', 'entries that were moved aside go')} back.`,
          `move back ${formatCount(moved)}`,
        ]
      : [],
  ].filter((deed) => deed.length > 0)
  if (deeds.length === 0) {
    return { text: 'Folders get back the owner, mode and times they had.', button: 'Undo the restore' }
  }
  return {
    text: deeds.map(([sentence]) => sentence).join(' '),
    button: `Undo: ${deeds.map(([, words]) => words).join(', ')}`,
  }
}

/** What an undo came to: `5 are as they were before, 1 was changed since and left`. */
export function undoneWords({ undone, left, failed }: Omit<UndoResult, 'items'>): {
  tone: Tone
  words: string
} {
  const words = [
    `${plural(undone, 'entry is', 'entries are')} as before`,
    left === 0 ? null : `${formatCount(left)} changed since and left`,
    failed === 0 ? null : `${formatCount(failed)} could not be undone`,
  ].filter((part) => part !== null)
  return { tone: failed > 0 ? 'fault' : left > 0 ? 'attention' : 'well', words: words.join(', ') }
}

const ORDER: Record<RestoredItem['outcome'], number> = { failed: 0, skipped: 1, restored: 2 }

/** What went wrong first. */
export function failuresFirst(items: RestoredItem[]): RestoredItem[] {
  return items.toSorted((a, b) => ORDER[a.outcome] - ORDER[b.outcome])
}
