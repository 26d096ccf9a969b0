import { diffLines, diffWordsWithSpace } from 'diff'

/** A line of one of the two texts. */
export type Line = { number: number; text: string }
/** Lines beside each other. */
export type Row = { kind: 'same' | 'changed' | 'removed' | 'added'; left: Line | null; right: Line | null }
/** Rows that follow each other; folded ones are the same on both sides and far from any change. */
export type Block = { folded: boolean; rows: Row[] }
/** A part of a line, and whether only this side has it. */
export type Part = { text: string; own: boolean }

/** Unchanged lines that are shown around a change. */
const CONTEXT = 3
/** How long it may take, in milliseconds. */
const PATIENCE = 3000
/** Longer lines are not compared word by word. */
const LONG_LINE = 600

/** Two texts side by side; null: they have so little in common that it would take too long. */
export function compareTexts(before: string, after: string): Row[] | null {
  // A file’s last line break is no line of its own, and one more of them no other text.
  const changes = diffLines(ended(before), ended(after), { timeout: PATIENCE })
  if (changes === undefined) return null
  const rows: Row[] = []
  let [left, right] = [0, 0]
  let removed: string[] = []
  const flush = (added: string[]) => {
    for (let i = 0; i < Math.max(removed.length, added.length); i++) {
      const [gone, came] = [removed[i], added[i]]
      rows.push({
        kind: gone === undefined ? 'added' : came === undefined ? 'removed' : 'changed',
        left: gone === undefined ? null : { number: ++left, text: gone },
        right: came === undefined ? null : { number: ++right, text: came },
      })
    }
    removed = []
  }
  for (const change of changes) {
    const lines = linesOf(change.value)
    if (change.removed) {
      flush([])
      removed = lines
    } else if (change.added) {
      flush(lines)
    } else {
      flush([])
      for (const text of lines) {
        rows.push({ kind: 'same', left: { number: ++left, text }, right: { number: ++right, text } })
      }
    }
  }
  flush([])
  return rows
}

/** Folds what is the same and not next to a change. */
export function blocksOf(rows: Row[]): Block[] {
  const near = rows.map(() => false)
  rows.forEach((row, i) => {
    if (row.kind !== 'same') near.fill(true, Math.max(0, i - CONTEXT), i + CONTEXT + 1)
  })
  const blocks: Block[] = []
  rows.forEach((row, i) => {
    const folded = near[i] !== true
    const last = blocks.at(-1)
    if (last?.folded === folded) last.rows.push(row)
    else blocks.push({ folded, rows: [row] })
  })
  // To unfold one line takes as much room as the line.
  return blocks.map((block) => (block.rows.length === 1 ? { ...block, folded: false } : block))
}

export function countRows(rows: Row[]): { added: number; removed: number } {
  const count = (...kinds: Row['kind'][]) => rows.filter(({ kind }) => kinds.includes(kind)).length
  return { added: count('added', 'changed'), removed: count('removed', 'changed') }
}

/** The two sides of a changed line in parts. */
export function partsOf(left: string, right: string): { left: Part[]; right: Part[] } {
  if (left.length > LONG_LINE || right.length > LONG_LINE) {
    return { left: [{ text: left, own: true }], right: [{ text: right, own: true }] }
  }
  const changes = diffWordsWithSpace(left, right)
  const side = (other: 'added' | 'removed', own: 'added' | 'removed') =>
    changes.filter((change) => !change[other]).map((change) => ({ text: change.value, own: change[own] }))
  return { left: side('added', 'removed'), right: side('removed', 'added') }
}

function ended(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`
}

function linesOf(value: string): string[] {
  const lines = value.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}
