import { expect, test } from 'vitest'

import { brings, restoreGroups } from './restore-groups'

const past = (at: string) => ({ at, tag: at, created: `2026-11-${at}T00:00:00Z` })

test('things are grouped by dataset and moment, the oldest first, each once, live ones left out', () => {
  const groups = restoreGroups([
    { dataset: 'tank', from: past('20'), path: 'a' },
    { dataset: 'tank', from: past('11'), path: 'a' },
    { dataset: 'tank', from: past('20'), path: 'b' },
    { dataset: 'tank', from: past('20'), path: 'a' },
    { dataset: 'tank', from: null, path: 'c' },
    { dataset: 'pool', from: past('20'), path: 'a' },
  ])
  expect(groups.map(({ dataset, from, paths }) => [dataset, from.at, paths])).toEqual([
    ['tank', '11', ['a']],
    ['tank', '20', ['a', 'b']],
    ['pool', '20', ['a']],
  ])
})

test('what is in a folder that is restored comes with it', () => {
  const items = ['Letters/a', 'Letters', 'Letters2', 'x'].map((path) => ({
    dataset: 'tank',
    from: past('20'),
    path,
  }))
  const [group] = restoreGroups(items)
  expect(group?.paths).toEqual(['Letters', 'Letters2', 'x'])
  expect(group && items.every((item) => brings(group, item))).toBe(true)
  expect(group && brings(group, { dataset: 'tank', from: past('11'), path: 'x' })).toBe(false)
})

test('no request names more than the server takes', () => {
  const files = Array.from({ length: 2500 }, (_, i) => ({ dataset: 'tank', from: past('20'), path: `f${i}` }))
  expect(restoreGroups(files).map(({ paths }) => paths.length)).toEqual([1000, 1000, 500])
})
