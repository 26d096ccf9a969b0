import { Button, Text } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'

import { brings, restoreGroups, type RestoreGroup } from '../../forms/restore/restore-groups'
import { RestoreDialog } from '../../forms/restore/RestoreDialog'
import { Reasoned } from '../../ui/Reasoned'
import { usePhone } from '../../ui/use-phone'
import { restoringRefusal } from '../../util/roles'
import { useMe } from '../frame/me'
import { DownloadMenu } from './DownloadMenu'
import { useTray } from './tray'
import classes from './TrayBar.module.css'
import { TrayList } from './TrayList'

/** What is gathered: how much, and what can be done with all of it. Nothing when the tray is empty. */
export function TrayBar() {
  const { items, remove, clear } = useTray()
  const [restoring, setRestoring] = useState<RestoreGroup[] | null>(null)
  const phone = usePhone()
  useFocusAfter(items.length === 0)
  const groups = restoreGroups(items)
  const reason = useRefusal(groups)
  const live = items.filter(({ from }) => from === null).length
  return (
    <>
      {items.length === 0 ? null : (
        <section className={classes.bar} aria-label="Tray">
          <TrayList />
          {live === 0 || phone ? null : (
            <Text size="sm" c="dimmed" truncate>
              {live === 1 ? '1 is live: it is' : `${live} are live: they are`} downloaded, but not restored.
            </Text>
          )}
          <div className={classes.actions}>
            <Button variant="subtle" size="compact-sm" color="gray" c="inherit" onClick={clear}>
              Clear
            </Button>
            <DownloadMenu items={items} />
            <Reasoned reason={reason}>
              <Button
                size="compact-sm"
                disabled={reason !== null}
                // What is restored stays the same while the dialog is open, also when it leaves the tray.
                onClick={() => setRestoring(groups)}
              >
                Restore…
              </Button>
            </Reasoned>
          </div>
        </section>
      )}
      {restoring === null ? null : (
        <RestoreDialog
          groups={restoring}
          onClose={() => setRestoring(null)}
          onRestored={(group) => remove(items.filter((item) => brings(group, item)))}
        />
      )}
    </>
  )
}

/** When the bar goes and takes the focus with it, that goes to the page. */
function useFocusAfter(empty: boolean) {
  const wasEmpty = useRef(empty)
  useEffect(() => {
    if (empty && !wasEmpty.current && document.activeElement === document.body) {
      document.getElementById('content')?.focus({ preventScroll: true })
    }
    wasEmpty.current = empty
  }, [empty])
}

/** Why nothing of it can be restored; null: it can. */
function useRefusal(groups: RestoreGroup[]): string | null {
  const me = useMe()
  if (groups.length === 0) return 'What is gathered is live. To restore, take it from a moment in the past.'
  return (
    groups.map(({ dataset }) => restoringRefusal(me, dataset)).find((refused) => refused !== null) ?? null
  )
}
