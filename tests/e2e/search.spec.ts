import { expect, type Page, test } from '@playwright/test'

import { allIndexed, expectAccessible, found, indexNow, inGuest, signIn } from './support'

const HOME = '/tank/home/anna/Documents'
const SNAPSHOT = 'tank/home@e2e-search'
const FIRST = 'Lighthouse sketch 1.txt'
const OTHERS = ['Lighthouse sketch 2.txt', 'Lighthouse sketch 3.txt']
const SKETCHES = [FIRST, ...OTHERS]

const row = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name }).first()

test.describe.configure({ timeout: 300_000 })

test.beforeEach(async ({ page }) => {
  await signIn(page)
})

/** Three files that are only in a snapshot made by hand. */
async function lose(page: Page) {
  await allIndexed(page)
  for (const name of SKETCHES)
    inGuest('sh', '-c', 'echo "$1" > "$0" && chown 1000 "$0"', `${HOME}/${name}`, name)
  inGuest('zfs', 'snapshot', SNAPSHOT)
  inGuest('rm', ...SKETCHES.map((name) => `${HOME}/${name}`))
  await indexNow(page, 'tank/home')
}

test('A deleted file is found from any page, and put back from there', async ({ page }) => {
  await lose(page)
  const lost = SKETCHES.map((name) => `anna/Documents/${name} deleted`)
  await expect.poll(() => found(page, 'lighthouse sketch'), { timeout: 60_000 }).toEqual(lost)

  await page.goto('/activity')
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await page.keyboard.press('/')
  await page.keyboard.type('lighthouse sk')
  await expect(page.getByRole('option', { name: FIRST })).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(row(page, FIRST)).toContainText('last in e2e-search')
  expect(new URL(page.url()).searchParams.get('q')).toBe('lighthouse sk')
  await row(page, FIRST)
    .getByRole('button', { name: `Restore ${FIRST}…` })
    .click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('region', { name: 'Plan' })).toContainText('is put back as')
  await dialog.getByRole('button', { name: `Restore ${FIRST}` }).click()
  await expect(dialog.getByRole('list', { name: 'Outcome' })).toContainText(`${FIRST} restored`)
  expect(inGuest('cat', `${HOME}/${FIRST}`)).toBe(`${FIRST}\n`)
})

test('Several are selected and put back', async ({ page }) => {
  await page.goto('/search?q=lighthouse%20sketch%20is%3Adeleted')
  for (const name of OTHERS) await page.getByRole('checkbox', { name: `Select ${name}` }).check()
  const bar = page.getByRole('region', { name: 'Tray' })
  await expect(bar).toContainText('2 files,')
  await bar.getByRole('button', { name: 'Restore…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: /^Restore 2/ }).click()
  for (const name of OTHERS) {
    await expect(dialog).toContainText(`${name} restored`)
    expect(inGuest('cat', `${HOME}/${name}`)).toBe(`${name}\n`)
  }
})

test('With its only snapshot a file is forgotten', async ({ page }) => {
  inGuest('rm', ...SKETCHES.map((name) => `${HOME}/${name}`))
  await indexNow(page, 'tank/home')
  await expect.poll(() => found(page, 'lighthouse sketch')).toHaveLength(3)
  inGuest('zfs', 'destroy', SNAPSHOT)
  await expect.poll(() => found(page, 'lighthouse sketch'), { timeout: 120_000 }).toEqual([])
})

test('Filters are chips, are in the address, and outlive a reload', async ({ page }) => {
  await allIndexed(page)
  await page.goto('/search?q=sailing')
  const total = page.getByRole('status').filter({ hasText: /files?$/ })
  await expect(total).toBeVisible()
  const all = await total.textContent()
  await page.getByRole('checkbox', { name: /^Deleted \d/ }).click()
  await expect(total).not.toHaveText(all ?? '')
  const deleted = await total.textContent()
  expect(new URL(page.url()).searchParams.get('state')).toBe('deleted')
  await page.reload()
  await expect(total).toHaveText(deleted ?? '')
  await page.getByRole('button', { name: 'Remove filter State: Deleted' }).click()
  await expect(total).toHaveText(all ?? '')
  expect(new URL(page.url()).searchParams.get('state')).toBeNull()
})

test('What can’t be understood is underlined and told, and the next word finds again', async ({ page }) => {
  await page.goto('/search?q=size%3A%3Ebanana')
  await expect(page.getByRole('alert')).toContainText('banana')
  await expectAccessible(page)
  await page.getByRole('combobox', { name: 'Search' }).fill('"quiet harbour')
  await expect(row(page, 'The Quiet Harbour')).toBeVisible()
  await page.getByRole('combobox', { name: 'Search' }).fill('zzzz no such file')
  await expect(page.getByText('Nothing was found')).toBeVisible()
  await expectAccessible(page)
})

test('A search is saved with its filters, opened again and deleted', async ({ page }) => {
  await page.goto('/search?q=harbour&category=video')
  await page.getByRole('button', { name: 'Saved searches' }).click()
  await page.getByRole('button', { name: 'Save this search…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Save this search' })
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Harbour films')
  await dialog.getByRole('button', { name: 'Save search' }).click()
  await expect(dialog).toBeHidden()
  await page.goto('/search')
  await page.getByRole('button', { name: 'Saved searches' }).click()
  await page.getByRole('link', { name: 'Harbour films' }).click()
  await expect(page.getByRole('button', { name: /^Remove filter .*: Video/ })).toBeVisible()
  await page.getByRole('button', { name: 'Saved searches' }).click()
  await page.getByRole('button', { name: 'Delete the saved search Harbour films' }).click()
  await expect(page.getByText('None yet.')).toBeVisible()
})

for (const scheme of ['light', 'dark'] as const) {
  test(`Search is accessible, ${scheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme })
    await page.goto('/search')
    await expect(page.getByText('What you can type')).toBeVisible()
    await expectAccessible(page)
    await page.goto('/search?q=is%3Adeleted&group=version')
    await expect(page.getByRole('grid', { name: 'Hits' })).toBeVisible()
    await expectAccessible(page)
    await page.setViewportSize({ width: 390, height: 844 })
    await page.getByRole('button', { name: 'Filters and order' }).click()
    await expect(page.getByRole('dialog')).toBeVisible()
    await expectAccessible(page)
  })
}
