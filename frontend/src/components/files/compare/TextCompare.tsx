import { Button, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Fragment, useMemo, useState } from 'react'

import { textQuery } from '../../../api/queries'
import { ErrorNote } from '../../../ui/ErrorNote'
import { Loading } from '../../../ui/Loading'
import { formatBytes, plural } from '../../../util/sizes'
import {
  type Block,
  blocksOf,
  compareTexts,
  countRows,
  type Line,
  type Part,
  partsOf,
  type Row,
} from './hunks'
import classes from './Compare.module.css'

/** More of a text is not compared: it would take the browser too long. */
export const COMPARE_LIMIT = 1024 * 1024
/** Rows that are drawn at first, and again with each press of the button. */
const ROWS = 2000

type Side = { url: string; size: number }

/** Two texts line by line: beside each other where there is room, else one below the other. */
export function TextCompare({ before, after }: { before: Side; after: Side }) {
  const left = useQuery(textQuery(before.url, COMPARE_LIMIT))
  const right = useQuery(textQuery(after.url, COMPARE_LIMIT))
  const error = left.error ?? right.error
  if (error !== null) return <ErrorNote title="The texts can’t be read" error={error} />
  if (left.data === undefined || right.data === undefined) return <Loading what="the texts" rows={6} />
  if (left.data.includes('\0') || right.data.includes('\0')) {
    return <Text size="sm">This is no text; what is known of both is above.</Text>
  }
  return (
    <>
      {Math.max(before.size, after.size) <= COMPARE_LIMIT ? null : (
        <Text size="sm" c="dimmed" role="note">
          Only the first {formatBytes(COMPARE_LIMIT)} of each are compared.
        </Text>
      )}
      <Compared before={left.data} after={right.data} />
    </>
  )
}

function Compared({ before, after }: { before: string; after: string }) {
  const rows = useMemo(() => compareTexts(before, after), [before, after])
  const blocks = useMemo(() => (rows === null ? [] : blocksOf(rows)), [rows])
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set())
  const [most, setMost] = useState(ROWS)
  if (rows === null) {
    return <Text size="sm">The two texts have too little in common to be compared line by line.</Text>
  }
  if (rows.every(({ kind }) => kind === 'same')) return <Text size="sm">The texts are the same.</Text>
  const { added, removed } = countRows(rows)
  const shown = cut(blocks, open, most)
  return (
    <>
      <Text size="sm" role="status">
        {plural(removed, 'line')} removed, {plural(added, 'line')} added.
      </Text>
      <div className={classes.text} role="table" aria-label="Comparison">
        {shown.blocks.map((block, i) =>
          block.folded && !open.has(i) ? (
            <div key={i} role="row">
              <div role="cell">
                <button type="button" className={classes.fold} onClick={() => setOpen(new Set([...open, i]))}>
                  Show {plural(block.rows.length, 'line')} that are the same
                </button>
              </div>
            </div>
          ) : (
            <Fragment key={i}>
              {block.rows.map((row) => (
                <RowView key={`${row.left?.number ?? ''} ${row.right?.number ?? ''}`} row={row} />
              ))}
            </Fragment>
          ),
        )}
      </div>
      {shown.left === 0 ? null : (
        <Button variant="default" onClick={() => setMost(most + ROWS)}>
          Show more, {plural(shown.left, 'line')} are left
        </Button>
      )}
    </>
  )
}

/** As many rows as may be drawn; a folded block counts as one. */
function cut(blocks: Block[], open: ReadonlySet<number>, most: number): { blocks: Block[]; left: number } {
  const drawn: Block[] = []
  let room = most
  let left = 0
  blocks.forEach((block, i) => {
    const folded = block.folded && !open.has(i)
    const rows = folded ? block.rows : block.rows.slice(0, Math.max(0, room))
    if (room > 0) drawn.push({ ...block, rows })
    left += room > 0 ? block.rows.length - rows.length : block.rows.length
    room -= folded ? 1 : rows.length
  })
  return { blocks: drawn, left }
}

const WORDS: Record<Row['kind'], [string, string]> = {
  same: ['', ''],
  changed: ['Before', 'After'],
  removed: ['Removed', ''],
  added: ['', 'Added'],
}

function RowView({ row }: { row: Row }) {
  const { kind, left, right } = row
  const parts = kind === 'changed' ? partsOf(left?.text ?? '', right?.text ?? '') : null
  return (
    <div role="row" className={classes.row} data-kind={kind}>
      <Cell
        line={left}
        parts={parts?.left}
        sign={kind === 'same' ? ' ' : '−'}
        word={WORDS[kind][0]}
        side="left"
      />
      <Cell
        line={right}
        parts={parts?.right}
        sign={kind === 'same' ? ' ' : '+'}
        word={WORDS[kind][1]}
        side="right"
      />
    </div>
  )
}

type CellProps = {
  line: Line | null
  parts: Part[] | undefined
  sign: string
  word: string
  side: 'left' | 'right'
}

function Cell({ line, parts, sign, word, side }: CellProps) {
  return (
    <div role="cell" className={classes.cell} data-side={side} data-empty={line === null || undefined}>
      {line === null ? null : (
        <>
          <span className={classes.number}>{line.number}</span>
          <span className={classes.sign} title={word === '' ? undefined : word}>
            {sign}
          </span>
          <span className={classes.content}>
            {parts === undefined
              ? line.text
              : parts.map((part, i) => (part.own ? <mark key={i}>{part.text}</mark> : part.text))}
          </span>
        </>
      )}
    </div>
  )
}
