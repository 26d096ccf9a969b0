import { expect, test } from '@playwright/test'

import { inGuest } from './support'

const HEADERS = { 'X-Requested-With': 'e2e' }
const POOL = 'elsewhere'

test.beforeAll(() => {
  inGuest('zpool', 'create', '-f', POOL, '/dev/disk/by-id/virtio-data2')
})

test.afterAll(() => {
  inGuest('zfs', 'destroy', '-r', 'tank/home@to-interrupt')
  inGuest('rm', '-f', '/tank/home/large.bin')
  inGuest('zpool', 'destroy', POOL)
})

test('Killed in the middle of a restore, the next start cleans up and says so', async ({ request }) => {
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

  await expect.poll(async () => (await job().catch(() => undefined))?.state).toBe('failed')
  expect((await job()).error?.code).toBe('interrupted')
  expect(inGuest('find', `/${POOL}`, '-mindepth', '1')).toBe('')
  expect(inGuest('zfs', 'holds', '-H', 'tank/home@to-interrupt')).toBe('')

  const again = await request.post('/api/v1/restores', { data: order, headers: HEADERS })
  const repeated = again.headers()['location'] ?? ''
  await expect
    .poll(async () => ((await (await request.get(repeated)).json()) as Job).state, { timeout: 120_000 })
    .toBe('succeeded')
  expect(inGuest('cmp', '/tank/home/large.bin', `/${POOL}/a/b/large.bin`)).toBe('')
})

interface Job {
  state: string
  progress: { done: number } | null
  error: { code: string } | null
}
