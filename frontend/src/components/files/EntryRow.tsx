import { Button } from '@mantine/core'
import { shallowEqual } from '@mantine/hooks'
import { IconRestore } from '@tabler/icons-react'
import { replaceEqualDeep } from '@tanstack/react-query'
import { memo } from 'react'
import { Link } from 'react-router'

import type { Entry } from '../../api/types'
import { Bytes } from '../../ui/Bytes'
import { Mark } from '../../ui/Mark'
import { RowCheckbox } from '../../ui/RowCheckbox'
import { Unseen } from '../../ui/Unseen'
import { When } from '../../ui/When'
import { visibleName } from '../../util/names'
import classes from './EntryTable.module.css'
import { KindIcon } from './KindIcon'
import { markOf } from './marks'
import { kindWord } from './preview-kind'

type Props = {
  entry: Entry
  index: number
  /** Pixels from the first row. */
  start: number
  /** Selected, to do something with all that are. */
  picked: boolean
  /** The one that keys move from. */
  active: boolean
  /** Where a folder is entered; null: it can’t be, or is none. */
  url: string | null
  /** Whether there is a column for what can be done, and whether this can be restored. */
  acts: boolean
  restorable: boolean
}

/** What of a row was clicked. */
export type RowPart = 'row' | 'checkbox' | 'link' | 'button'

/** Tells which row of a table an event is of, and what of it. */
export function rowPart(target: EventTarget): { index: number; part: RowPart } | null {
  if (!(target instanceof Element)) return null
  const index = Number(target.closest<HTMLElement>('[data-index]')?.dataset.index ?? NaN)
  if (Number.isNaN(index)) return null
  if (target.closest('[data-pick]') !== null) return { index, part: 'checkbox' }
  if (target.closest('a') !== null) return { index, part: 'link' }
  return { index, part: target.closest('button') === null ? 'row' : 'button' }
}

/** A folder’s row. The table handles its clicks, so that it is drawn anew only where something that it shows is another. */
export const EntryRow = memo(function EntryRow(props: Props) {
  const { entry, index, start, picked, active, url, acts, restorable } = props
  const name = visibleName(entry.name)
  return (
    <div
      id={`entry-${index}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={picked}
      aria-current={active ? 'true' : undefined}
      data-index={index}
      data-deleted={entry.deleted == null ? undefined : true}
      className={classes.row}
      style={{ transform: `translateY(${start}px)` }}
    >
      <span role="gridcell" data-pick>
        <RowCheckbox label={`Select ${name}`} checked={picked} />
      </span>
      <Name entry={entry} name={name} url={url} />
      <span role="gridcell" className={classes.right}>
        {entry.kind === 'file' ? <Bytes value={entry.size} /> : ''}
      </span>
      <span role="gridcell" className={classes.modified}>
        <When at={entry.modified} short />
      </span>
      {acts ? (
        <span role="gridcell" className={classes.act}>
          {restorable ? <Restore name={name} /> : null}
        </span>
      ) : null}
    </div>
  )
}, isAlike)

/** Another moment’s answer has entries of its own, most of which say the same. */
function isAlike({ entry, ...rest }: Props, { entry: next, ...others }: Props): boolean {
  return shallowEqual(rest, others) && replaceEqualDeep(entry, next) === entry
}

function Name({ entry, name, url }: { entry: Entry; name: string; url: string | null }) {
  const mark = markOf(entry)
  return (
    <span role="gridcell" className={classes.name} title={name}>
      <KindIcon entry={entry} />
      {mark === null ? null : <Mark letter={mark.letter} tone={mark.tone} word={mark.word} />}
      {url !== null ? (
        <Link to={url} tabIndex={-1} className={classes.folder}>
          {name}
        </Link>
      ) : (
        <span className={classes.text}>{name}</span>
      )}
      <Unseen>, {kindWord(entry)}</Unseen>
      {entry.target == null ? null : <span className={classes.dim}>→ {visibleName(entry.target)}</span>}
      {entry.mountpoint ? <span className={classes.dim}>another dataset</span> : null}
      {mark?.more == null ? null : <span className={classes.dim}>{mark.more}</span>}
    </span>
  )
}

function Restore({ name }: { name: string }) {
  return (
    <Button
      variant="default"
      size="compact-xs"
      tabIndex={-1}
      aria-label={`Restore ${name}…`}
      title="Restore…"
    >
      <IconRestore size={14} className={classes.icon} aria-hidden />
      <span className={classes.word}>Restore…</span>
    </Button>
  )
}
