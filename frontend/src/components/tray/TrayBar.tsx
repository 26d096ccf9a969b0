import { Button, CloseButton, Text } from '@mantine/core'

import { restoreGroups, type RestoreGroup } from '../../forms/restore/restore-groups'
import { Reasoned } from '../../ui/Reasoned'
import { usePhone } from '../../ui/use-phone'
import { restoringRefusal } from '../../util/roles'
import { useMe } from '../frame/me'
import { DownloadMenu } from './DownloadMenu'
import { focusPage } from './focus-page'
import { useTray } from './tray'
import classes from './TrayBar.module.css'
import { TrayList } from './TrayList'

/** What is gathered: how much, and what can be done with all of it. Nothing when the tray is empty. */
export function TrayBar({ onRestore }: { onRestore: (groups: RestoreGroup[]) => void }) {
  const { items, clear } = useTray()
  const phone = usePhone()
  const groups = restoreGroups(items)
  const reason = useRefusal(groups)
  const live = items.filter(({ from }) => from === null).length
  const empty = () => {
    clear()
    focusPage()
  }
  if (items.length === 0) return null
  return (
    <section className={classes.bar} aria-label="Tray">
      <TrayList />
      {live === 0 || phone ? null : (
        <Text size="sm" c="dimmed" truncate>
          {live === 1 ? '1 is live: it is' : `${live} are live: they are`} downloaded, but not restored.
        </Text>
      )}
      <div className={classes.actions}>
        {phone ? (
          <CloseButton aria-label="Clear" onClick={empty} />
        ) : (
          <Button variant="subtle" size="compact-sm" color="gray" c="inherit" onClick={empty}>
            Clear
          </Button>
        )}
        <DownloadMenu items={items} />
        <Reasoned reason={reason}>
          <Button size="compact-sm" disabled={reason !== null} onClick={() => onRestore(groups)}>
            Restore…
          </Button>
        </Reasoned>
      </div>
    </section>
  )
}

/** Why nothing of it can be restored; null: it can. */
function useRefusal(groups: RestoreGroup[]): string | null {
  const me = useMe()
  if (groups.length === 0) return 'What is gathered is live. To restore, take it from a moment in the past.'
  return (
    groups.map(({ dataset }) => restoringRefusal(me, dataset)).find((refused) => refused !== null) ?? null
  )
}
