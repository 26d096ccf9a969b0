import { Select } from '@mantine/core'

import type { Role } from '../api/types'
import { allows } from '../util/roles'

const ROLES: { value: Role; label: string }[] = [
  { value: 'viewer', label: 'Viewer: sees and downloads' },
  { value: 'operator', label: 'Operator: also takes snapshots and restores' },
  { value: 'admin', label: 'Admin: also destroys snapshots and manages users' },
]

type Props = { value: Role; onChange: (role: Role) => void; highest?: Role; label?: string }

/** A role, with what it may do; none above one's own. */
export function RoleSelect({ value, onChange, highest = 'admin', label = 'Role' }: Props) {
  return (
    <Select
      label={label}
      allowDeselect={false}
      data={ROLES.filter((role) => allows(highest, role.value))}
      value={value}
      onChange={(role) => {
        if (role !== null) onChange(role)
      }}
    />
  )
}
