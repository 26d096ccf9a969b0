import { expect, test } from 'vitest'

import { pools } from '../../mock/seed'
import type { Pool } from '../api/types'
import { overallVerdict, poolVerdict } from './health'

const pool = (change: Partial<Pool>): Pool => ({ ...(pools[0] as Pool), vdevs: [], ...change })

test.each([
  [{}, 'well', 'tank is well: 2.09 TiB of 3.64 TiB are free.'],
  [{ state: 'degraded' }, 'attention', 'tank works, but is degraded: part of its redundancy is gone.'],
  [{ state: 'suspended' }, 'fault', 'tank is suspended: its data can’t be used.'],
  [{ state: 'unknown' }, 'unknown', 'The state of tank is not known.'],
  [{ data_errors: 2 }, 'fault', 'tank has 2 damaged files or objects.'],
  [{ capacity: 93, free: 1024 ** 4 }, 'attention', 'tank is 93% full: 1.00 TiB are left.'],
  [{ vdevs: pools[0]?.vdevs }, 'attention', 'tank is online, but 1 device reports errors.'],
] as const)('%j is %s', (change, tone, sentence) => {
  expect(poolVerdict(pool(change as Partial<Pool>))).toEqual({ tone, sentence })
})

test('all pools in one sentence', () => {
  const bad = pool({ state: 'degraded' })
  const worse = pool({ name: 'backup', state: 'faulted' })
  expect(overallVerdict([pool({})]).sentence).toBe('The pool is well.')
  expect(overallVerdict([pool({}), pool({})]).sentence).toBe('All 2 pools are well.')
  expect(overallVerdict([pool({}), bad]).sentence).toContain('tank works, but')
  expect(overallVerdict([bad, worse])).toEqual({ tone: 'fault', sentence: '2 of 2 pools need attention.' })
  expect(overallVerdict([]).tone).toBe('unknown')
})
