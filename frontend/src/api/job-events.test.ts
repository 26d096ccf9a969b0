import type { InfiniteData } from '@tanstack/react-query'
import { expect, test } from 'vitest'

import { applyJob, mergeJob } from './job-events'
import type { Job, JobList } from './types'

const job = (id: string, change: Partial<Job> = {}): Job => ({
  id,
  kind: 'restore',
  title: `Job ${id}`,
  state: 'processing',
  progress: null,
  user: 'anna',
  created_at: '2026-11-22T12:00:00Z',
  started_at: null,
  finished_at: null,
  result: null,
  error: null,
  log: [],
  cancelable: true,
  ...change,
})
const list = (...pages: Job[][]): InfiniteData<JobList> => ({
  pages: pages.map((items) => ({ items, next: null })),
  pageParams: pages.map(() => undefined),
})
const ids = (data: InfiniteData<JobList>) => data.pages.map((page) => page.items.map((item) => item.id))

test('an event renews a job where it stands', () => {
  const after = applyJob(list([job('3')], [job('2'), job('1')]), job('2', { state: 'succeeded' }), null)
  expect(ids(after)).toEqual([['3'], ['2', '1']])
  expect(after.pages[1]?.items[0]?.state).toBe('succeeded')
})

test('a new job goes on top', () => {
  expect(ids(applyJob(list([job('1')]), job('2'), null))).toEqual([['2', '1']])
})

test('a filtered list loses what no longer belongs, and takes what now does', () => {
  const ended = job('1', { state: 'succeeded' })
  expect(ids(applyJob(list([job('1')]), ended, 'processing'))).toEqual([[]])
  expect(ids(applyJob(list([]), ended, 'succeeded'))).toEqual([['1']])
  expect(ids(applyJob(list([]), ended, 'failed'))).toEqual([[]])
})

test('the log that events do not carry is kept', () => {
  const line = { at: '2026-11-22T12:00:00Z', level: 'info' as const, text: 'Began.' }
  expect(mergeJob(job('1', { log: [line] }), job('1')).log).toEqual([line])
})

test('an event that comes late does not bring an ended job back', () => {
  const ended = job('1', { state: 'failed' })
  expect(mergeJob(ended, job('1'))).toBe(ended)
})

test('a list of one kind takes no other', () => {
  const index = job('2', { kind: 'index' })
  expect(ids(applyJob(list([job('1')]), index, null, 'restore'))).toEqual([['1']])
  expect(ids(applyJob(list([job('1')]), index, null, 'index'))).toEqual([['2', '1']])
})
