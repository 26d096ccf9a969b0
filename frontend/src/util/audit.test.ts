import { expect, test } from 'vitest'

import { auditRequest, NO_FILTER, outcomeWords, readFilter, sourceUrl } from './audit'

test('an address is read, and what makes no sense is left out', () => {
  const read = (query: string) => readFilter(new URLSearchParams(query))
  expect(read('')).toEqual(NO_FILTER)
  expect(read('user=anna&action=restore&q=tax&from=2026-05-02')).toEqual({
    ...NO_FILTER,
    user: 'anna',
    action: 'restore',
    q: 'tax',
    from: '2026-05-02',
  })
  expect(read('action=steal&from=yesterday&to=2026-5-2')).toEqual(NO_FILTER)
})

test('days are local, and the last one is included', () => {
  const { from, to } = auditRequest({ ...NO_FILTER, from: '2026-05-02', to: '2026-05-31' })
  expect(from).toBe(new Date(2026, 4, 2).toISOString())
  expect(to).toBe(new Date(2026, 5, 1).toISOString())
  expect(auditRequest({ ...NO_FILTER, q: '  ' })).toEqual({})
})

test('an outcome is told where it is not simply done', () => {
  expect(outcomeWords('done')).toBeNull()
  expect(outcomeWords('failed')?.word).toBe('Failed')
  expect(outcomeWords('started')?.tone).toBe('unknown')
})

test('an entry leads to the file as it was then', () => {
  const entry = {
    id: 1,
    at: '2026-05-02T08:00:00Z',
    user: 'anna',
    via: 'session',
    action: 'restore' as const,
    request_id: 'r',
    outcome: 'done',
  }
  expect(sourceUrl(entry)).toBeNull()
  expect(sourceUrl({ ...entry, dataset: 'tank/home' })).toBe('/snapshots/tank%2Fhome')
  expect(sourceUrl({ ...entry, dataset: 'tank/home', snapshot: 'one', path: 'docs/a.txt' })).toBe(
    '/files/tank%2Fhome?at=one&path=docs&selected=docs/a.txt',
  )
})
