import type { Role } from '../api/types'

const RANK: Record<Role, number> = { viewer: 0, operator: 1, admin: 2 }

/** Whether someone with `role` may do what asks for `needed`. */
export function allows(role: Role, needed: Role): boolean {
  return RANK[role] >= RANK[needed]
}

/** Why something is not offered: `Needs the role admin; yours is viewer.` Null when it is allowed. */
export function refusal(role: Role, needed: Role): string | null {
  return allows(role, needed) ? null : `Needs the role ${needed}; yours is ${role}.`
}
