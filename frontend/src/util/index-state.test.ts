import { expect, test } from 'vitest'

import type { IndexStatus } from '../api/types'
import { coverageSentence, indexFinding } from './index-state'

const status = (
  total: number,
  indexed: number,
  failed = 0,
  more: Partial<IndexStatus> = {},
): IndexStatus => ({
  enabled: true,
  live_interval: 300,
  exclude: [],
  bytes: 0,
  snapshots: { total, indexed, failed },
  search: { engine: 'embedded', state: 'ready', pending: 0 },
  datasets: [],
  ...more,
})
const dataset = (state: IndexStatus['datasets'][number]['state'], live_as_of: string | null = null) => ({
  dataset: 'tank/a',
  guid: '1',
  state,
  snapshots: { total: 1, indexed: 1, failed: 0 },
  live_as_of,
  excluded: false,
})

test('coverage in one sentence', () => {
  expect(coverageSentence(status(4031, 4019))).toBe('12 of 4,031 snapshots not yet indexed')
  expect(coverageSentence(status(40, 40))).toBe('All 40 snapshots are indexed')
  expect(coverageSentence(status(40, 38, 2))).toBe('38 of 40 snapshots indexed · 2 could not be read')
})

test('live is as old as the oldest of those that can be reached', () => {
  const datasets = [
    dataset('current', '2020-05-03T10:05:00Z'),
    dataset('current', '2020-05-02T10:05:00Z'),
    dataset('unreachable', '2019-01-01T00:00:00Z'),
  ]
  expect(coverageSentence(status(2, 2, 0, { datasets }))).toMatch(/· live as of 2 May 2020, 12:05$/)
})

test('only what is amiss needs a word', () => {
  expect(indexFinding(status(40, 40))).toBeNull()
  expect(indexFinding(status(40, 28))).toEqual({
    tone: 'unknown',
    sentence: '12 of 40 snapshots not yet indexed.',
  })
  expect(indexFinding(status(1, 1, 0, { datasets: [dataset('unreachable')] }))).toEqual({
    tone: 'attention',
    sentence: 'tank/a can’t be reached to index it.',
  })
  expect(indexFinding(status(40, 28, 0, { enabled: false }))).toBeNull()
})
