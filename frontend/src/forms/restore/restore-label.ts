import type { ConflictPolicy, PlanAction, PlanItem, RestorePlan } from '../../api/types'
import { displaySegment, lastSegment } from '../../util/relpath'
import { formatCount, plural } from '../../util/sizes'

export type RestoreLabel = { label: string; possible: boolean }

type Plan = Pick<
  RestorePlan,
  'items' | 'files' | 'folders' | 'conflicts' | 'conflict_items' | 'unchanged' | 'refused' | 'added_since'
>
type Chosen = { onConflict: ConflictPolicy; addedSince: 'leave' | 'move_aside' }

/** What the button of a restore says: exactly what will happen, of all its plans together. */
export function restoreLabel(plans: Plan[], chosen: Chosen): RestoreLabel {
  const items = plans.flatMap((plan) => plan.items)
  const [files, folders] = [sum(plans, (plan) => plan.files), sum(plans, (plan) => plan.folders)]
  const aside = chosen.addedSince === 'move_aside' ? sum(plans, (plan) => plan.added_since.count) : 0
  const refused = sum(plans, (plan) => plan.refused.count)
  if (files + folders + aside === 0) return { label: nothingLabel(plans, refused), possible: false }
  if (files + folders === 0) return { label: `Move ${formatCount(aside)} aside`, possible: true }
  const [only] = items
  if (items.length === 1 && only !== undefined && only.kind !== 'directory') {
    return { label: oneLabel(only), possible: true }
  }
  const clauses = [
    ...conflictClauses(plans, chosen.onConflict),
    refused > 0 ? `leave out ${formatCount(refused)}` : null,
    aside > 0 ? `move ${formatCount(aside)} aside` : null,
  ].filter((clause) => clause !== null)
  return { label: [`Restore ${subject(items, files, folders)}`, ...clauses].join(', '), possible: true }
}

/** What happens where something is there. Of many conflicts not all are told; those are as chosen for all. */
function conflictClauses(plans: Plan[], policy: ConflictPolicy): (string | null)[] {
  const told = plans.flatMap((plan) => plan.conflict_items)
  const untold = sum(plans, (plan) => Math.max(0, plan.conflicts - plan.conflict_items.length))
  const kept = count(told, 'keep_both') + (policy === 'rename' ? untold : 0)
  const replaced = count(told, 'replace') + (policy === 'overwrite' ? untold : 0)
  const left = count(told, 'skip') + (policy === 'skip' ? untold : 0)
  return [
    kept > 0 ? `keep both where ${existing(kept)}` : null,
    replaced > 0 ? `replace ${formatCount(replaced)}` : null,
    untold > 0 ? undecided(policy, untold) : null,
    left > 0 ? `skip ${formatCount(left)}` : null,
  ]
}

function nothingLabel(plans: Plan[], refused: number): string {
  const skipped = plans.some(({ conflicts, unchanged }) => conflicts + unchanged > 0)
  return plans.length === 0 || (refused > 0 && !skipped) ? 'Can’t be restored' : 'Nothing to restore'
}

/** `Letters with 14 files`, `14 files`, `2 folders`. */
function subject(items: PlanItem[], files: number, folders: number): string {
  const what = items.every(isOfFiles) ? 'file' : 'item'
  const [only] = items
  if (items.length === 1 && only !== undefined) {
    const name = nameOf(only)
    return files === 0 ? name : `${name} with ${plural(files, what)}`
  }
  return files === 0 ? plural(folders, 'folder') : plural(files, what)
}

function isOfFiles({ kind, contents }: PlanItem): boolean {
  return kind === 'file' || (kind === 'directory' && (contents?.others ?? 0) === 0)
}

function oneLabel(item: PlanItem): string {
  const name = nameOf(item)
  if (item.action === 'replace') return `Replace ${name}`
  return item.action === 'keep_both' ? `Restore ${name}, keep both` : `Restore ${name}`
}

function nameOf({ path, target_dataset }: PlanItem): string {
  return path === '' ? target_dataset : displaySegment(lastSegment(path))
}

/** What is decided for each only when its turn comes. */
function undecided(policy: ConflictPolicy, many: number): string | null {
  if (policy === 'overwrite_older') return `replace what is older of ${formatCount(many)} more`
  return policy === 'overwrite_different' ? `replace what differs of ${formatCount(many)} more` : null
}

function existing(many: number): string {
  return many === 1 ? '1 exists' : `${formatCount(many)} exist`
}

function count(items: PlanItem[], action: PlanAction): number {
  return items.filter((item) => item.action === action).length
}

function sum(plans: Plan[], of: (plan: Plan) => number): number {
  return plans.reduce((total, plan) => total + of(plan), 0)
}

/** The dialog's title: what is being restored. */
export function restoreTitle(groups: { dataset: string; paths: string[] }[]): string {
  const all = groups.flatMap(({ dataset, paths }) => paths.map((path) => ({ dataset, path })))
  const [only] = all
  if (all.length !== 1 || only === undefined) return `Restore ${plural(all.length, 'item')}`
  return `Restore ${only.path === '' ? only.dataset : displaySegment(lastSegment(only.path))}`
}
