import { expect, test } from '@playwright/test'

import { destroySnapshot, inGuest } from './support'

const HEADERS = { 'X-Requested-With': 'e2e' }
const POOL = 'elsewhere'

test.beforeAll(() => {
  inGuest('zpool', 'create', '-f', POOL, '/dev/disk/by-id/virtio-data2')
})

test.afterAll(() => {
  destroySnapshot('tank/home@to-interrupt')
  inGuest('rm', '-f', '/tank/home/large.bin')
  inGuest('zpool', 'destroy', POOL)
})

test('Killed in the middle, a restore goes on by itself and leaves nothing behind', async ({ request }) => {
  // Another pool, so that the content is really copied and there is a middle.
  inGuest('dd', 'if=/dev/urandom', 'of=/tank/home/large.bin', 'bs=1M', 'count=256', 'status=none')
  inGuest('zfs', 'snapshot', 'tank/home@to-interrupt')
  const credentials = { name: 'admin', password: process.env.NASMAN_PASSWORD ?? '' }
  expect((await request.post('/api/v1/session', { data: credentials })).ok()).toBe(true)
  const order = {
    dataset: 'tank/home',
    at: 'to-interrupt',
    paths: ['large.bin'],
    to: { dataset: POOL, path: 'a/b' },
  }
  const asked = await request.post('/api/v1/restores', { data: order, headers: HEADERS })
  expect(asked.status()).toBe(202)
  const address = asked.headers()['location'] ?? ''

  const job = async () => (await (await request.get(address)).json()) as Job
  await expect.poll(async () => (await job()).progress?.done ?? 0, { intervals: [50] }).toBeGreaterThan(0)
  expect((await job()).state).toBe('processing')
  expect(inGuest('zfs', 'holds', '-H', 'tank/home@to-interrupt')).toContain('nasman-')
  inGuest('systemctl', 'kill', '--signal=KILL', 'nasman')

  const state = async () => (await job().catch(() => undefined))?.state
  await expect.poll(state, { timeout: 120_000 }).toBe('succeeded')
  const { log, result } = await job()
  expect(log.map(({ text }) => text)).toContain('the server stopped while this job ran; it goes on')
  // With the two folders on its way, which an undo takes away again.
  expect(result).toMatchObject({ restored: 3, failed: 0, skipped: 0 })
  expect(inGuest('cmp', '/tank/home/large.bin', `/${POOL}/a/b/large.bin`)).toBe('')
  // Neither a second copy nor what it was written into before it was whole.
  const there = ['a', 'a/b', 'a/b/large.bin'].map((path) => `/${POOL}/${path}`)
  expect(inGuest('find', `/${POOL}`, '-mindepth', '1').trim().split('\n').sort()).toEqual(there)
  expect(inGuest('zfs', 'holds', '-H', 'tank/home@to-interrupt')).toBe('')
})

interface Job {
  state: string
  progress: { done: number } | null
  log: { text: string }[]
  result: { restored: number; failed: number; skipped: number } | null
}
