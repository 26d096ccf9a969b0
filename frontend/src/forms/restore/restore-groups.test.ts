import { expect, test } from 'vitest'

import { restoreGroups } from './restore-groups'

const past = (at: string) => ({ at, tag: at, created: `2026-11-${at}T00:00:00Z` })

test('files are grouped by dataset and moment, the oldest first, each once', () => {
  const groups = restoreGroups([
    { dataset: 'tank', from: past('20'), path: 'a' },
    { dataset: 'tank', from: past('11'), path: 'a' },
    { dataset: 'tank', from: past('20'), path: 'b' },
    { dataset: 'tank', from: past('20'), path: 'a' },
    { dataset: 'pool', from: past('20'), path: 'a' },
  ])
  expect(groups.map(({ dataset, from, paths }) => [dataset, from.at, paths])).toEqual([
    ['tank', '11', ['a']],
    ['tank', '20', ['a', 'b']],
    ['pool', '20', ['a']],
  ])
})

test('no request names more than the server takes', () => {
  const files = Array.from({ length: 250 }, (_, i) => ({ dataset: 'tank', from: past('20'), path: `f${i}` }))
  expect(restoreGroups(files).map(({ paths }) => paths.length)).toEqual([100, 100, 50])
})
