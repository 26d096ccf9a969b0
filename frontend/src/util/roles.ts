import type { Me, Right, Role } from '../api/types'

const RANK: Record<Role, number> = { viewer: 0, operator: 1, admin: 2 }

/** What of the caller decides about restoring. */
type Caller = Pick<Me, 'role' | 'restricted' | 'may_restore' | 'grants'>

/** Whether someone with `role` may do what asks for `needed`. */
export function allows(role: Role, needed: Role): boolean {
  return RANK[role] >= RANK[needed]
}

/** Why something is not offered: `Needs the role admin; yours is viewer.` Null when it is allowed. */
export function refusal(role: Role, needed: Role): string | null {
  return allows(role, needed) ? null : `Needs the role ${needed}; yours is ${role}.`
}

/** Why files of a dataset (null: of any) can’t be restored by the caller at all. Null when they can. */
export function restoringRefusal(me: Caller, dataset: string | null): string | null {
  if (!me.restricted) return refusal(me.role, 'operator')
  const rights: Right[] = ['restore_in_place', 'restore_elsewhere']
  const some = dataset === null || rights.some((right) => granted(me, dataset, right))
  if (me.may_restore && some) return null
  return dataset === null
    ? 'You may look at files and download them, but not restore them.'
    : `You may look at ${dataset}, but not restore from it.`
}

/** Whether files of a dataset may go back into it. */
export function mayRestoreInPlace(me: Caller, dataset: string): boolean {
  return me.may_restore && (!me.restricted || granted(me, dataset, 'restore_in_place'))
}

/** Whether files of `source` may go into `target`; the server decides the same way. */
export function mayRestoreInto(me: Caller, source: string, target: string): boolean {
  if (source === target) return mayRestoreInPlace(me, source)
  if (!me.restricted) return me.may_restore
  const into = granted(me, target, 'restore_in_place') || granted(me, target, 'restore_elsewhere')
  return me.may_restore && into && granted(me, source, 'restore_elsewhere')
}

function granted({ grants }: Caller, dataset: string, right: Right): boolean {
  return grants.some(
    (grant) =>
      (grant.dataset === dataset || (grant.beneath === true && dataset.startsWith(`${grant.dataset}/`))) &&
      grant.rights.includes(right),
  )
}
