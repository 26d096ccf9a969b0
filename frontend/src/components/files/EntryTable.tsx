import { Checkbox, Loader } from '@mantine/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type MouseEvent, type ReactNode, useEffect, useRef } from 'react'

import type { Entry } from '../../api/types'
import { Unseen } from '../../ui/Unseen'
import { usePhone } from '../../ui/use-phone'
import { keyTarget } from '../../util/list-keys'
import { formatCount, plural } from '../../util/sizes'
import { EntryRow, rowPart } from './EntryRow'
import classes from './EntryTable.module.css'
import { sinceWords } from './marks'
import type { FolderSelection } from './use-selection'

const ROW = 32
/** Names take two lines where there is little room. */
const PHONE_ROW = 46
/** The head of the table, which stays above the rows: what is scrolled to comes below it. */
const HEAD = 32

type Props = {
  label: string
  entries: Entry[]
  total: number
  selected: string | null
  onSelect: (entry: Entry) => void
  /** A click or tap; keys go to `onSelect`. */
  onClick: (entry: Entry) => void
  /** A folder to go into, a file to look at. */
  onOpen: (entry: Entry) => void
  onUp: () => void
  /** Null: it can’t be entered. */
  folderUrl: (entry: Entry) => string | null
  /** Which are selected, to do something with all of them. */
  selection: FolderSelection
  /** Selects all that the folder has, also what is not loaded yet. */
  onSelectAll: () => void
  /** Restores what is no more, then or now; null: it can’t be, or need not. */
  restorer: (entry: Entry) => (() => void) | null
  more: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown }
  /** The rows are those of before; what was asked for is on its way. */
  busy: boolean
  /** Shown instead of rows. */
  empty: ReactNode
}

/** A folder: only the rows in sight exist, so tens of thousands are no burden. */
export function EntryTable(props: Props) {
  const { label, entries, total, selected, onSelect, onOpen, onUp, selection, more, busy, empty } = props
  const scroller = useRef<HTMLDivElement>(null)
  const height = usePhone() ? PHONE_ROW : ROW
  // eslint-disable-next-line react-hooks/incompatible-library -- it only says that the compiler leaves this one alone
  const virtual = useVirtualizer({
    count: entries.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 8,
    scrollMargin: HEAD,
    scrollPaddingStart: HEAD,
  })
  const rows = virtual.getVirtualItems()
  const active = entries.findIndex((entry) => entry.path === selected)
  const lastInSight = rows.at(-1)?.index ?? 0

  useEffect(() => {
    if (more.hasNextPage && !more.isFetchingNextPage && lastInSight > entries.length - 100)
      more.fetchNextPage()
  }, [more, lastInSight, entries.length])
  useEffect(() => virtual.measure(), [height, virtual])
  useEffect(() => {
    if (active >= 0) virtual.scrollToIndex(active, { align: 'auto' })
  }, [active, virtual])

  /** Space takes in or out, Ctrl and A takes all, Escape lets go. */
  const isSelecting = (event: KeyboardEvent): boolean => {
    if (event.key === ' ' && active >= 0) selection.toggle(entries, active)
    else if (event.key === 'a' && (event.ctrlKey || event.metaKey)) props.onSelectAll()
    else if (event.key === 'Escape' && selection.picked.size > 0) selection.clear()
    else return false
    event.preventDefault()
    return true
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (isSelecting(event)) return
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? height) / height) - 2)
    const index = keyTarget(event.key, active, entries.length, page)
    const entry = index === null ? undefined : entries[index]
    if (entry !== undefined && index !== null) {
      if (event.shiftKey) selection.extend(entries, active, index)
      onSelect(entry)
    } else if (event.key === 'Enter' && active >= 0 && event.target === event.currentTarget)
      onOpen(entries[active] as Entry)
    else if (event.key === 'Backspace') onUp()
    else return
    event.preventDefault()
  }

  const focus = () => scroller.current?.focus({ preventScroll: true })
  const onRowClick = (event: MouseEvent) => {
    const clicked = rowPart(event.target)
    const entry = clicked === null ? undefined : entries[clicked.index]
    if (clicked === null || entry === undefined) return
    const { index, part } = clicked
    if (part === 'button') return props.restorer(entry)?.()
    // From here on the arrow keys work.
    focus()
    // The link does the rest.
    if (part === 'link') return
    if (event.shiftKey) selection.extend(entries, active, index)
    else if (part === 'checkbox' || event.ctrlKey || event.metaKey) selection.toggle(entries, index)
    else props.onClick(entry)
  }
  const onRowDoubleClick = (event: MouseEvent) => {
    const clicked = rowPart(event.target)
    const entry = clicked === null ? undefined : entries[clicked.index]
    if (clicked?.part === 'row' && entry !== undefined) onOpen(entry)
  }
  const picked = entries.filter(({ path }) => selection.picked.has(path)).length
  const since = sinceWords(entries)
  // At the end of the row, where nobody clicks to choose it; and only where there is something to restore.
  const acts = entries.some((entry) => props.restorer(entry) !== null)

  return (
    <div className={classes.frame}>
      <div
        ref={scroller}
        role="grid"
        tabIndex={0}
        aria-label={label}
        aria-rowcount={total + 1}
        aria-multiselectable
        aria-busy={busy}
        data-acts={acts || undefined}
        aria-activedescendant={rows.some((row) => row.index === active) ? `entry-${active}` : undefined}
        className={classes.scroller}
        onKeyDown={onKeyDown}
      >
        <div role="row" aria-rowindex={1} className={classes.head}>
          <span role="columnheader">
            <Checkbox
              size="xs"
              tabIndex={-1}
              aria-label="Select all"
              checked={picked > 0 && picked === entries.length}
              indeterminate={picked > 0 && picked < entries.length}
              onChange={() => {
                focus()
                selection.allOrNone(entries)
              }}
            />
          </span>
          <span role="columnheader">Name</span>
          <span role="columnheader" className={classes.right}>
            Size
          </span>
          <span role="columnheader" className={classes.modified}>
            Modified
          </span>
          {acts ? (
            <span role="columnheader">
              <Unseen>Restore</Unseen>
            </span>
          ) : null}
        </div>
        <div
          role="rowgroup"
          className={classes.body}
          style={{ height: virtual.getTotalSize() }}
          onClick={onRowClick}
          onDoubleClick={onRowDoubleClick}
        >
          {rows.map(({ index, start }) => {
            const entry = entries[index]
            if (entry === undefined) return null
            return (
              <EntryRow
                key={`${entry.path}@${entry.deleted?.last.at ?? ''}`}
                entry={entry}
                index={index}
                start={start - HEAD}
                picked={selection.picked.has(entry.path)}
                active={index === active}
                url={entry.kind === 'directory' ? props.folderUrl(entry) : null}
                acts={acts}
                restorable={acts && props.restorer(entry) !== null}
              />
            )
          })}
        </div>
        {entries.length === 0 ? empty : null}
      </div>
      <div className={classes.foot}>
        {plural(total, 'item')}
        {since === null ? '' : ` · ${since}`}
        {since === null || entries.length >= total ? '' : ` among the first ${formatCount(entries.length)}`}
        {more.isFetchingNextPage || busy ? (
          <Loader role="status" size={12} ml="xs" aria-label="Loading" />
        ) : null}
      </div>
    </div>
  )
}
