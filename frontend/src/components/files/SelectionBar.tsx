import { Button, Text } from '@mantine/core'

import type { Entry } from '../../api/types'
import { Bytes } from '../../ui/Bytes'
import { Reasoned } from '../../ui/Reasoned'
import { plural } from '../../util/sizes'
import classes from './SelectionBar.module.css'

type Props = {
  entries: Entry[]
  onClear: () => void
  /** Puts them where they wait to be restored or downloaded together; absent: there is no such place. */
  onGather: (() => void) | undefined
  onRestore: () => void
  /** Why they can’t be restored; null: they can. */
  refused: string | null
}

/** What is selected: how many, how large, and what can be done with all of it. */
export function SelectionBar({ entries, onClear, onGather, onRestore, refused }: Props) {
  return (
    <section className={classes.bar} aria-label="Selection">
      <Text size="sm" fw={600} role="status">
        {plural(entries.length, 'item')} selected,{' '}
        <Bytes value={entries.reduce((sum, { kind, size }) => sum + (kind === 'file' ? size : 0), 0)} />
      </Text>
      <Button variant="subtle" size="compact-sm" color="gray" c="inherit" ml="auto" onClick={onClear}>
        Clear
      </Button>
      {onGather === undefined ? null : (
        <Button variant="default" size="compact-sm" onClick={onGather}>
          Add to the tray
        </Button>
      )}
      <Reasoned reason={refused}>
        <Button size="compact-sm" disabled={refused !== null} onClick={onRestore}>
          Restore…
        </Button>
      </Reasoned>
    </section>
  )
}
