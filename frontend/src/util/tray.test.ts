import { beforeEach, expect, test } from 'vitest'

import {
  forgetTray,
  outermost,
  readTray,
  type TrayItem,
  trayGroups,
  traySummary,
  withAdded,
  without,
  writeTray,
} from './tray'

const past = (tag: string) => ({ at: `guid of ${tag}`, tag, created: '2026-11-20T00:00:00Z' })
const item = (path: string, tag: string | null = 'a', more: Partial<TrayItem> = {}): TrayItem => ({
  dataset: 'tank/home',
  path,
  from: tag === null ? null : past(tag),
  kind: 'file',
  size: 1024,
  ...more,
})

beforeEach(() => sessionStorage.clear())

test('the same thing of another moment is another item; order is kept, nothing is there twice', () => {
  const items = withAdded([item('b'), item('a')], [item('a', 'b'), item('b'), item('a', null)])
  expect(items.map(({ path, from }) => [path, from?.tag])).toEqual([
    ['b', 'a'],
    ['a', 'a'],
    ['a', 'b'],
    ['a', undefined],
  ])
  expect(withAdded(items, [item('a')])).toBe(items)
})

test('a moment is the same by guid and by name', () => {
  const byName = item('a', 'x', { from: { at: 'x', tag: 'x', created: '' } })
  expect(withAdded([item('a', 'x')], [byName])).toHaveLength(1)
  expect(without([item('a', 'x')], [byName])).toEqual([])
})

test('groups: dataset and moment, in order of gathering', () => {
  const groups = trayGroups([
    item('1', 'b'),
    item('2', 'a'),
    item('3', 'b'),
    item('4', 'b', { dataset: 'x' }),
  ])
  expect(
    groups.map(({ dataset, from, items }) => [dataset, from?.tag, items.map(({ path }) => path)]),
  ).toEqual([
    ['tank/home', 'b', ['1', '3']],
    ['tank/home', 'a', ['2']],
    ['x', 'b', ['4']],
  ])
})

test.each([
  [
    ['a', 'a/b', 'ab', 'c/d'],
    ['a', 'ab', 'c/d'],
  ],
  [['x/y', ''], ['']],
  [['a', 'a'], ['a']],
])('%j without what is inside of another: %j', (paths, left) => {
  expect(outermost(paths)).toEqual(left)
})

test.each([
  [[item('a')], '1 file, 1.00 KiB'],
  [[item('a'), item('b')], '2 files, 2.00 KiB'],
  [[item('a'), item('b', 'a', { kind: 'symlink', size: 0 })], '2 items, 1.00 KiB'],
  [[item('a', 'a', { kind: 'directory', size: null })], '1 folder'],
  [
    [
      item('a'),
      item('b', 'a', { kind: 'directory', size: null }),
      item('c', 'a', { kind: 'directory', size: null }),
    ],
    '1 file, 1.00 KiB, and 2 folders',
  ],
])('summary %#', (items, words) => {
  expect(traySummary(items)).toBe(words)
})

test('what is stored is read again by the same user only', () => {
  writeTray(1, [item('a'), item('b%20c', null)])
  expect(readTray(1)).toEqual([item('a'), item('b%20c', null)])
  expect(readTray(2)).toEqual([])
  forgetTray()
  expect(readTray(1)).toEqual([])
})

test.each([
  ['nonsense', '{"version":1'],
  ['another version', JSON.stringify({ version: 2, user: 1, items: [item('a')] })],
  ['no list', JSON.stringify({ version: 1, user: 1, items: 'a' })],
  ['nothing', 'null'],
])('%s in the store is an empty tray', (_, text) => {
  sessionStorage.setItem('nasman.tray', text)
  expect(readTray(1)).toEqual([])
})

test('an item that is not understood is left out, the others stay', () => {
  const broken = [
    { ...item('b'), path: 5 },
    { ...item('c'), kind: 'door' },
    { ...item('d'), size: -1 },
    { ...item('e'), from: { at: 'x' } },
    null,
  ]
  sessionStorage.setItem(
    'nasman.tray',
    JSON.stringify({ version: 1, user: 1, items: [...broken, item('a')] }),
  )
  expect(readTray(1)).toEqual([item('a')])
})
