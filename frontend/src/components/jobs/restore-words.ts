import type { PlanAction, RestoreCounts, RestoredItem, RestoreResult } from '../../api/restore-types'
import type { Tone } from '../../ui/StateMark'
import { formatCount, plural } from '../../util/sizes'

type Counted = Pick<RestoreResult, 'restored' | 'skipped' | 'failed'> & { unchanged?: number }

/** `14 restored, 2 skipped, 1 failed`, and how well that is. */
export function countWords(counts: Counted): { tone: Tone; words: string } {
  const { restored, skipped, failed, unchanged = 0 } = counts
  const words = [
    `${formatCount(restored)} restored`,
    skipped === 0 ? null : `${formatCount(skipped)} skipped`,
    unchanged === 0 ? null : `${formatCount(unchanged)} the same already`,
    failed === 0 ? null : `${formatCount(failed)} failed`,
  ].filter((part) => part !== null)
  return { tone: failed > 0 ? 'fault' : skipped > 0 ? 'attention' : 'well', words: words.join(', ') }
}

/** What an undo would remove and put back, in whole sentences, and in the words of its button. */
export function undoWords(result: Pick<RestoreResult, 'items' | 'restored' | 'guard_snapshot'>) {
  const done = result.items.filter(({ outcome }) => outcome === 'restored')
  const count = (...actions: PlanAction[]) => done.filter(({ action }) => actions.includes(action)).length
  const [removed, replaced] = [count('create', 'keep_both'), count('replace')]
  // Not every entry of a large restore is told; what is not counted is then not claimed.
  const told = done.length >= result.restored
  if (!told) {
    const back =
      result.guard_snapshot == null ? '' : ' What was replaced is put back from the guard snapshot.'
    return {
      text: `What this restore made is removed, of ${plural(result.restored, 'entry', 'entries')}.${back}`,
      button: 'Undo the restore',
    }
  }
  const sentences = [
    removed > 0 ? `${plural(removed, 'restored entry is', 'restored entries are')} removed.` : null,
    replaced > 0
      ? `${plural(replaced, 'entry that was replaced is', 'entries that were replaced are')} put back.`
      : null,
  ]
  const deeds = [
    removed > 0 ? `remove ${formatCount(removed)}` : null,
    replaced > 0 ? `put back ${formatCount(replaced)}` : null,
  ]
  return {
    text: sentences.filter((part) => part !== null).join(' '),
    button: `Undo: ${deeds.filter((part) => part !== null).join(', ')}`,
  }
}

const ORDER: Record<RestoredItem['outcome'], number> = { failed: 0, skipped: 1, restored: 2 }

/** What an undo came to: `5 are as they were before, 1 was changed since and left`. */
export function undoneWords({ undone, left, not_undone }: RestoreCounts): { tone: Tone; words: string } {
  const words = [
    `${plural(undone, 'entry is', 'entries are')} as before`,
    left === 0 ? null : `${formatCount(left)} changed since and left`,
    not_undone === 0 ? null : `${formatCount(not_undone)} could not be undone`,
  ].filter((part) => part !== null)
  return { tone: not_undone > 0 ? 'fault' : left > 0 ? 'attention' : 'well', words: words.join(', ') }
}

/** What went wrong first. */
export function failuresFirst(items: RestoredItem[]): RestoredItem[] {
  return items.toSorted((a, b) => ORDER[a.outcome] - ORDER[b.outcome])
}
