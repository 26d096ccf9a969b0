import { expect, test } from 'vitest'

import { blocksOf, compareTexts, countRows, partsOf, type Row } from './hunks'

const rows = (before: string, after: string) => compareTexts(before, after) ?? []
const brief = ({ kind, left, right }: Row) => `${kind} ${left?.text ?? '-'}|${right?.text ?? '-'}`
const lines = (count: number, change?: number) =>
  Array.from({ length: count }, (_, i) => (i === change ? 'another' : `line ${i}`)).join('\n')

test('lines stand beside each other with their numbers', () => {
  const found = rows('a\nb\nc\n', 'a\nB\nc\nd\n')
  expect(found.map(brief)).toEqual(['same a|a', 'changed b|B', 'same c|c', 'added -|d'])
  expect(found.map(({ left, right }) => [left?.number, right?.number])).toEqual([
    [1, 1],
    [2, 2],
    [3, 3],
    [undefined, 4],
  ])
  expect(countRows(found)).toEqual({ added: 2, removed: 1 })
})

test('what is removed and what is added may be of different length', () => {
  expect(rows('a\nb\n', 'x\n').map(brief)).toEqual(['changed a|x', 'removed b|-'])
  expect(rows('', 'a\n').map(brief)).toEqual(['added -|a'])
  expect(rows('a\n', '').map(brief)).toEqual(['removed a|-'])
})

test('a missing line break at the end is no difference', () => {
  expect(rows('a\nb', 'a\nb\n').every(({ kind }) => kind === 'same')).toBe(true)
})

test('what is far from a change is folded', () => {
  const blocks = blocksOf(rows(lines(100), lines(100, 50)))
  expect(blocks.map(({ folded, rows: inside }) => [folded, inside.length])).toEqual([
    [true, 47],
    [false, 7],
    [true, 46],
  ])
})

test('a single line is not folded', () => {
  const blocks = blocksOf(rows(lines(5), lines(5, 4)))
  expect(blocks.map(({ folded, rows: inside }) => [folded, inside.length])).toEqual([
    [false, 1],
    [false, 4],
  ])
})

test('texts that share nothing are still told', () => {
  const found = rows(lines(300), Array.from({ length: 300 }, (_, i) => `other ${i}`).join('\n'))
  expect(countRows(found)).toEqual({ added: 300, removed: 300 })
})

test('a changed line says which words are its own', () => {
  const { left, right } = partsOf('the old word', 'the new word')
  const own = (parts: typeof left) => parts.filter((part) => part.own).map(({ text }) => text)
  expect([own(left), own(right)]).toEqual([['old'], ['new']])
  expect(left.map(({ text }) => text).join('')).toBe('the old word')
  expect(partsOf('a '.repeat(400), 'b').left).toHaveLength(1)
})
