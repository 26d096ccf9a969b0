import { Loader } from '@mantine/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type MouseEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { useNavigate } from 'react-router'

import type { Hit } from '../../api/search-types'
import { Unseen } from '../../ui/Unseen'
import { usePhone } from '../../ui/use-phone'
import { itemOfHit } from '../tray/gather'
import { useTray } from '../tray/tray'
import classes from './HitList.module.css'
import { HitRow } from './HitRow'
import { hitKey, hitUrl } from './hits'
import { keyTarget, span } from '../../util/list-keys'

const ROW = 50
const PHONE_ROW = 80
/** The head of the table, which stays above the hits: what is scrolled to comes below it. A phone has none. */
const HEAD = 32

type Props = {
  hits: Hit[]
  /** What was asked for these; another question begins at the top. */
  asked: string
  /** How many there are in all; -1: not exactly known. */
  total: number
  more: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown }
  /** The hits are those of before; what was asked for is on its way. */
  busy: boolean
  foot: ReactNode
  onRestore: (hit: Hit) => void
}

/** The hits: only the rows in sight exist, so a hundred thousand are no burden. */
export function HitList({ hits, asked, total, more, busy, foot, onRestore }: Props) {
  const scroller = useRef<HTMLDivElement>(null)
  const navigate = useNavigate()
  const [height, head] = usePhone() ? [PHONE_ROW, 0] : [ROW, HEAD]
  const tray = useTray()
  const [place, setPlace] = useState({ asked, active: -1, anchor: -1 })
  const { active, anchor } = place.asked === asked ? place : { active: -1, anchor: -1 }
  // eslint-disable-next-line react-hooks/incompatible-library -- it only says that the compiler leaves this one alone
  const virtual = useVirtualizer({
    count: hits.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 8,
    scrollMargin: head,
    scrollPaddingStart: head,
  })
  const rows = virtual.getVirtualItems()
  const lastNeeded = Math.max(active, rows.at(-1)?.index ?? 0)

  useEffect(() => {
    if (!busy && more.hasNextPage && !more.isFetchingNextPage && lastNeeded > hits.length - 40)
      more.fetchNextPage()
  }, [more, busy, lastNeeded, hits.length])
  useEffect(() => virtual.scrollToOffset(0), [asked, virtual])
  useEffect(() => virtual.measure(), [height, virtual])

  const set = (some: Hit[], taken: boolean) => {
    const items = some.flatMap((hit) => itemOfHit(hit) ?? [])
    if (taken) tray.add(items)
    else tray.remove(items)
  }
  const goTo = (index: number, extend: boolean) => {
    const from = extend ? (anchor >= 0 ? anchor : Math.max(0, active)) : index
    if (extend) set(span(hits, from, index), true)
    setPlace({ asked, active: index, anchor: from })
    virtual.scrollToIndex(index, { align: 'auto' })
  }
  const take = (index: number, taken: boolean, range: boolean) => {
    set(range && anchor >= 0 ? span(hits, anchor, index) : span(hits, index, index), taken)
    setPlace({ asked, active: index, anchor: index })
  }
  const open = (hit: Hit | undefined) => {
    const url = hit === undefined ? null : hitUrl(hit)
    if (url !== null) void navigate(url)
  }
  const isTaken = (hit: Hit | undefined) => {
    const item = hit === undefined ? null : itemOfHit(hit)
    return item !== null && tray.has(item)
  }

  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? height) / height) - 2)
    const index = keyTarget(event.key, active, hits.length, page)
    // A link's or button's own keys are its own.
    const onGrid = event.target === event.currentTarget
    if (index !== null) goTo(index, event.shiftKey)
    else if (event.key === 'a' && (event.ctrlKey || event.metaKey)) set(hits, true)
    else if (event.key === ' ' && onGrid && active >= 0) take(active, !isTaken(hits[active]), event.shiftKey)
    else if (event.key === 'Enter' && onGrid) open(hits[active])
    else return
    event.preventDefault()
  }
  const onRowClick = (event: MouseEvent, index: number) => {
    if (event.target instanceof Element && event.target.closest('a, button, input, label') !== null) return
    scroller.current?.focus({ preventScroll: true })
    if (event.shiftKey) goTo(index, true)
    else if (event.ctrlKey || event.metaKey) take(index, !isTaken(hits[index]), false)
    else setPlace({ asked, active: index, anchor: index })
  }

  return (
    <div className={classes.frame}>
      <div
        ref={scroller}
        role="grid"
        tabIndex={0}
        aria-label="Hits"
        aria-multiselectable
        aria-rowcount={total < 0 ? -1 : total + 1}
        aria-busy={busy}
        aria-activedescendant={rows.some((row) => row.index === active) ? `hit-${active}` : undefined}
        className={classes.scroller}
        onKeyDown={onKeyDown}
      >
        <Head />
        <div role="rowgroup" className={classes.body} style={{ height: virtual.getTotalSize() }}>
          {rows.map(({ index, start, size }) => {
            const hit = hits[index]
            if (hit === undefined) return null
            return (
              <div
                key={hitKey(hit)}
                id={`hit-${index}`}
                role="row"
                aria-rowindex={index + 2}
                aria-selected={isTaken(hit)}
                data-active={index === active || undefined}
                className={classes.row}
                style={{ height: size, transform: `translateY(${start - head}px)` }}
                onClick={(event) => onRowClick(event, index)}
                onDoubleClick={() => open(hit)}
              >
                <HitRow
                  hit={hit}
                  selected={isTaken(hit)}
                  active={index === active}
                  onSelect={(taken, range) => take(index, taken, range)}
                  onRestore={() => onRestore(hit)}
                />
              </div>
            )
          })}
        </div>
      </div>
      <div className={classes.foot}>
        {foot}
        {more.isFetchingNextPage || busy ? (
          <Loader role="status" size={12} ml="auto" aria-label="Loading" />
        ) : null}
      </div>
    </div>
  )
}

function Head() {
  return (
    <div role="row" aria-rowindex={1} className={classes.head}>
      <span role="columnheader">
        <Unseen>Selected</Unseen>
      </span>
      <span role="columnheader">
        <Unseen>Kind</Unseen>
      </span>
      <span role="columnheader">Name and folder</span>
      <span role="columnheader" className={classes.right}>
        Size
      </span>
      <span role="columnheader">Modified</span>
      <span role="columnheader">
        <Unseen>Actions</Unseen>
      </span>
    </div>
  )
}
