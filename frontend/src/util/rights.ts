import type { Grant, Right } from '../api/restore-types'
import type { Me } from '../api/types'
import { refusal } from './roles'

/** Whether a user may restore files of one dataset into another, or into the same. The server decides it again. */
export function mayRestore(me: Me, source: string, target: string): boolean {
  if (me.may_restore !== true) return false
  if (me.restricted !== true) return true
  if (source === target) return isGranted(me, source, 'restore_in_place')
  return isGranted(me, source, 'restore_elsewhere') && mayRestoreInto(me, target)
}

/** Why nothing can be restored from a dataset; null: it can, where it was or elsewhere. */
export function rightsRefusal(me: Me, dataset: string): string | null {
  if (me.restricted !== true) return me.may_restore === true ? null : refusal(me.role, 'operator')
  if (me.may_restore === true && mayRestoreInto(me, dataset)) return null
  return `You may look at ${dataset}, but not restore from it. An administrator can grant that.`
}

function mayRestoreInto(me: Me, dataset: string): boolean {
  return isGranted(me, dataset, 'restore_in_place') || isGranted(me, dataset, 'restore_elsewhere')
}

function isGranted(me: Me, dataset: string, right: Right): boolean {
  return (me.grants ?? []).some((grant) => covers(grant, dataset) && grant.rights.includes(right))
}

function covers({ dataset, beneath }: Grant, name: string): boolean {
  return name === dataset || (beneath && name.startsWith(`${dataset}/`))
}
