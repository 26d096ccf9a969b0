import { execFileSync } from 'node:child_process'

import { AxeBuilder } from '@axe-core/playwright'
import { type APIResponse, expect, type Page, test } from '@playwright/test'

/** A variable that `tests/run.sh` sets. */
function setting(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set; run these tests by 'make test'`)
  return value
}

/** Runs a command in the guest, beside the server; its standard output. Nothing else goes on meanwhile, not even a test's clock. */
export function inGuest(...command: string[]): string {
  return execFileSync(setting('GUEST'), ['run', setting('GUEST_NAME'), '--', ...command], {
    encoding: 'utf8',
    timeout: 120_000,
  })
}

/** Runs a shell's script in the guest; it finds the paths as `$0`, `$1` and so on. */
export function script(text: string, ...paths: string[]): string {
  return inGuest('sh', '-euc', text, ...paths)
}

/** Destroys a snapshot if it is there, as soon as nobody reads it: it may just be indexed. */
export function destroySnapshot(name: string) {
  script(
    'for try in $(seq 60); do ! zfs list "$0" >/dev/null 2>&1 || zfs destroy "$0" || { sleep 1; continue; }; exit 0; done; exit 1',
    name,
  )
}

/** The checksum of a file in the guest. */
export function sumOf(path: string): string {
  return script('sha256sum < "$0"', path).slice(0, 64)
}

/** All of a folder in the guest: kind, owner, mode and time of each entry, then the checksum of each file. */
export function treeOf(folder: string): string {
  return script(
    `cd "$0"; find . -printf '%P %y %U:%G %m %T@\\n' | sort; find . -type f -exec sha256sum {} + | sort`,
    folder,
  )
}

/** The name of a daily snapshot, by the guest's clock. */
export function daily(daysAgo: number): string {
  return `daily-${inGuest('date', '-u', '-d', `${daysAgo} days ago`, '+%F').trim()}`
}

export function yesterday(): string {
  return daily(1)
}

const ADMIN = () => ({ name: 'admin', password: setting('NASMAN_PASSWORD') })

export async function signIn(page: Page, { name, password } = ADMIN()) {
  await page.goto('/')
  await page.getByRole('textbox', { name: 'Name' }).fill(name)
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('heading', { name: 'Home' })).toBeVisible()
}

async function json<T>(answer: Promise<APIResponse>): Promise<T> {
  return (await (await answer).json()) as T
}

/** How long indexing may take: minutes at first, which are not taken from the test's own time. */
function patienceWithIndexing(): number {
  const patience = 420_000
  test.setTimeout(test.info().timeout + patience)
  return patience
}

/** Waits until all that can be reached is indexed. */
export async function allIndexed(page: Page) {
  const patience = patienceWithIndexing()
  type Dataset = { state: string; snapshots: { indexed: number } }
  await expect
    .poll(
      async () => {
        const answer = await page.request.get('/api/v1/index')
        if (!answer.ok()) return false
        const { datasets } = (await answer.json()) as { datasets: Dataset[] }
        const known = datasets.some(({ snapshots }) => snapshots.indexed > 0)
        return known && datasets.every(({ state }) => state === 'current' || state === 'unreachable')
      },
      { timeout: patience },
    )
    .toBe(true)
}

/** Indexes a dataset as it is now. */
export async function indexNow(page: Page, dataset: string) {
  const patience = patienceWithIndexing()
  const address = `/api/v1/index/${encodeURIComponent(dataset)}`
  const ask = () => page.request.post(address, { data: {}, headers: { 'X-Requested-With': 'e2e' } })
  let asked = await ask()
  // It may just be indexed, by itself, or wait for its turn; that may have begun too early.
  await expect(async () => {
    if (asked.status() !== 202) asked = await ask()
    expect(asked.status()).toBe(202)
  }).toPass({ timeout: patience / 2, intervals: [1000] })
  const { id } = (await asked.json()) as { id: string }
  const state = async () => (await json<{ state: string }>(page.request.get(`/api/v1/jobs/${id}`))).state
  await expect.poll(state, { timeout: patience / 2 }).toBe('succeeded')
}

/** What a search finds: the path and state of each hit. */
export async function found(page: Page, q: string): Promise<string[]> {
  const answer = page.request.get('/api/v1/search', { params: { q } })
  const { hits } = await json<{ hits: { path: string; state: string }[] }>(answer)
  return hits.map(({ path, state }) => `${decodeURIComponent(path)} ${state}`).sort()
}

/** Fails on what keeps people out: findings that axe calls serious or critical. */
export async function expectAccessible(page: Page) {
  const { violations } = await new AxeBuilder({ page }).analyze()
  const grave = violations.filter((found) => found.impact === 'serious' || found.impact === 'critical')
  expect(grave.map((found) => `${found.id}: ${found.nodes.map((node) => node.html).join(' ')}`)).toEqual([])
}

/** Fails where the page is wider than the window. */
export async function expectNoSidewaysScroll(page: Page) {
  const beyond = () =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  expect(await beyond()).toBeLessThanOrEqual(0)
}
