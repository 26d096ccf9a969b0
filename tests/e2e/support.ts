import { execFileSync } from 'node:child_process'

import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

/** A variable that `tests/run.sh` sets. */
function setting(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set; run these tests by 'make test'`)
  return value
}

/** Runs a command in the guest, beside the server; its standard output. */
export function inGuest(...command: string[]): string {
  return execFileSync(setting('GUEST'), ['run', setting('GUEST_NAME'), '--', ...command], {
    encoding: 'utf8',
  })
}

/** The name of yesterday's daily snapshot, by the guest's clock. */
export function yesterday(): string {
  return `daily-${inGuest('date', '-u', '-d', 'yesterday', '+%F').trim()}`
}

export async function signIn(page: Page) {
  await page.goto('/')
  await page.getByRole('textbox', { name: 'Name' }).fill('admin')
  await page.getByRole('textbox', { name: 'Password' }).fill(setting('NASMAN_PASSWORD'))
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('heading', { name: 'Home' })).toBeVisible()
}

/** Fails on what keeps people out: findings that axe calls serious or critical. */
export async function expectAccessible(page: Page) {
  const { violations } = await new AxeBuilder({ page }).analyze()
  const grave = violations.filter((found) => found.impact === 'serious' || found.impact === 'critical')
  expect(grave.map((found) => `${found.id}: ${found.nodes.map((node) => node.html).join(' ')}`)).toEqual([])
}
