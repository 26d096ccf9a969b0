import { brings, type RestoreGroup } from '../../forms/restore/restore-groups'
import { RestoreDialog } from '../../forms/restore/RestoreDialog'
import { useTray } from './tray'

/** Restores what was in the tray when it was asked for; what is all back leaves the tray. */
export function TrayDialog({ groups, onClose }: { groups: RestoreGroup[]; onClose: () => void }) {
  const { items, remove } = useTray()
  return (
    <RestoreDialog
      groups={groups}
      onClose={onClose}
      onRestored={(group) => remove(items.filter((item) => brings(group, item)))}
    />
  )
}
