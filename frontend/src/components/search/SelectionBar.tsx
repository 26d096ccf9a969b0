import { Button, Text } from '@mantine/core'

import type { Hit } from '../../api/search-types'
import { Bytes } from '../../ui/Bytes'
import { Reasoned } from '../../ui/Reasoned'
import { restoringRefusal } from '../../util/roles'
import { plural } from '../../util/sizes'
import { useMe } from '../frame/me'
import { restoreRefusal } from './hits'
import { useSelection } from './selection'
import classes from './SelectionBar.module.css'

/** What is selected: how many, how large, and what can be done with all of it. */
export function SelectionBar({ onRestore }: { onRestore: (hits: Hit[]) => void }) {
  const { selected, clear } = useSelection()
  const me = useMe()
  if (selected.size === 0) return null
  const hits = [...selected.values()]
  const restorable = hits.filter(
    (hit) => restoreRefusal(hit) === null && restoringRefusal(me, hit.dataset.name) === null,
  )
  const left = hits.length - restorable.length
  const reason =
    restoringRefusal(me, null) ??
    (restorable.length === 0 ? 'What is selected is live, or no snapshot of this server holds it.' : null)
  return (
    <section className={classes.bar} aria-label="Selection">
      <Text size="sm" fw={600} role="status">
        {hits.length === 1 ? '1 selected' : `${plural(hits.length, 'file')} selected`},{' '}
        <Bytes value={hits.reduce((sum, { kind, size }) => sum + (kind === 'file' ? size : 0), 0)} />
      </Text>
      {left > 0 && restorable.length > 0 ? (
        <Text size="sm" c="dimmed">
          {plural(left, 'of them is', 'of them are')} live or can’t be restored, and left out.
        </Text>
      ) : null}
      <Button variant="subtle" size="compact-sm" color="gray" c="inherit" ml="auto" onClick={clear}>
        Clear
      </Button>
      <Reasoned reason={reason}>
        <Button size="compact-sm" disabled={reason !== null} onClick={() => onRestore(restorable)}>
          Restore…
        </Button>
      </Reasoned>
    </section>
  )
}
