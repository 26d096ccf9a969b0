import type { PlanItem, RestorePlan } from '../../api/types'
import { displaySegment, lastSegment } from '../../util/relpath'
import { plural } from '../../util/sizes'

export type RestoreLabel = { label: string; possible: boolean }

/** What the button of a restore says: exactly what will happen. */
export function restoreLabel(plan: Pick<RestorePlan, 'items'>): RestoreLabel {
  const { items } = plan
  const count = (action: PlanItem['action']) => items.filter((item) => item.action === action).length
  const doable = count('create') + count('keep_both') + count('replace')
  if (doable === 0) {
    return { label: count('skip') > 0 ? 'Nothing to restore' : 'Can’t be restored', possible: false }
  }
  const [only] = items
  if (items.length === 1 && only !== undefined) return { label: oneLabel(only), possible: true }

  const what = items.every((item) => item.kind === 'file') ? 'file' : 'item'
  const clauses = [
    count('keep_both') > 0 ? `keep both where ${existing(count('keep_both'))}` : null,
    count('replace') > 0 ? `replace ${count('replace')}` : null,
    count('skip') > 0 ? `skip ${count('skip')}` : null,
    count('refused') > 0 ? `leave out ${count('refused')}` : null,
  ].filter((clause) => clause !== null)
  return { label: [`Restore ${plural(doable, what)}`, ...clauses].join(', '), possible: true }
}

function oneLabel(item: PlanItem): string {
  const name = displaySegment(lastSegment(item.path))
  if (item.action === 'replace') return `Replace ${name}`
  return item.action === 'keep_both' ? `Restore ${name}, keep both` : `Restore ${name}`
}

function existing(count: number): string {
  return count === 1 ? '1 exists' : `${count} exist`
}

/** The dialog's title: what is being restored. */
export function restoreTitle(paths: string[]): string {
  const [only] = paths
  return paths.length === 1 && only !== undefined
    ? `Restore ${displaySegment(lastSegment(only))}`
    : `Restore ${plural(paths.length, 'item')}`
}
