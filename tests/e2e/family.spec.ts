import { expect, type Page, test } from '@playwright/test'

import { allIndexed, expectAccessible, indexNow, inGuest, signIn, sumOf, yesterday } from './support'

const LISE = { name: 'lise', password: 'herring and potatoes' }
const FILE = 'BootsVersicherung2024.pdf'
const ON_DISK = `/tank/home/jonas/Documents/${FILE}`

test.describe.configure({ timeout: 300_000 })

test.beforeEach(async ({ page }) => {
  await signIn(page)
  await removeLise(page)
})

test.afterEach(async ({ page }) => {
  await removeLise(page)
})

async function removeLise(page: Page) {
  const { items } = (await (await page.request.get('/api/v1/users')).json()) as {
    items: { id: number; name: string }[]
  }
  for (const { id } of items.filter(({ name }) => name === LISE.name))
    await page.request.delete(`/api/v1/users/${id}`, { headers: { 'X-Requested-With': 'e2e' } })
}

/** A member who may see one dataset and put files back into it. */
async function addLise(page: Page) {
  await page.goto('/settings/users')
  await page.getByRole('button', { name: 'Add user…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add a user' })
  await dialog.getByRole('textbox', { name: 'User name' }).fill(LISE.name)
  await dialog.getByLabel('Initial password').fill(LISE.password)
  await dialog.getByRole('switch', { name: 'Sees only some datasets' }).click({ force: true })
  await dialog.getByRole('button', { name: 'Add user' }).click()
  const grants = page.getByRole('dialog', { name: `Files that ${LISE.name} may see` })
  await expect(grants).toContainText('nothing can be seen')
  await grants.getByRole('combobox', { name: 'Add a dataset' }).click()
  await page.getByRole('option', { name: 'tank/home', exact: true }).click()
  await expect(grants.getByRole('checkbox', { name: 'Put files back into tank/home' })).toBeChecked()
  await grants.getByRole('button', { name: 'Save' }).click()
  await expect(grants).toBeHidden()
  await expect(page.getByRole('row').filter({ hasText: LISE.name })).toContainText('some datasets')
}

/** What a search has to show and to choose from. */
async function searched(page: Page, q: string): Promise<string> {
  await page.goto(`/search?q=${q}`)
  await expect(page.getByRole('grid', { name: 'Hits' })).toBeVisible()
  const answer = await page.request.get('/api/v1/search', { params: { q, facets: 'dataset,category,host' } })
  return (await answer.text()) + (await page.getByRole('main').innerText())
}

/** How often the audit log has it that she put the file back: it keeps what was done in earlier runs, too. */
async function restored(page: Page): Promise<number> {
  const params = { user: LISE.name, action: 'restore', limit: 1000 }
  const answer = await page.request.get('/api/v1/audit', { params })
  const { items } = (await answer.json()) as { items: { path: string | null }[] }
  return items.filter(({ path }) => path !== null && decodeURIComponent(path).endsWith(`/${FILE}`)).length
}

test('A member sees one dataset and nothing else, and puts a file back; the admin sees that', async ({
  page,
  browser,
}) => {
  await allIndexed(page)
  inGuest('rm', '-f', ON_DISK)
  await indexNow(page, 'tank/home')
  await addLise(page)
  const earlier = await restored(page)
  expect(await searched(page, 'sailing')).toContain('tank/photos')

  const context = await browser.newContext()
  const other = await context.newPage()
  await signIn(other, LISE)
  await other.getByRole('link', { name: 'Files' }).first().click()
  const datasets = other.getByRole('main').getByRole('listitem')
  await expect(datasets.getByRole('link')).toHaveText(['tank/home'])
  await other.goto(`/files/${encodeURIComponent('tank/photos')}`)
  await expect(other.getByText('There is no dataset tank/photos')).toBeVisible()
  const seen = await searched(other, 'sailing')
  expect(seen).toContain('tank/home')
  expect(seen).not.toContain('tank/photos')

  await other.goto(`/files/${encodeURIComponent('tank/home')}?path=jonas/Documents&deleted=1`)
  await other.getByRole('button', { name: `Restore ${FILE}…` }).click()
  const dialog = other.getByRole('dialog', { name: `Restore ${FILE}` })
  await dialog.getByRole('button', { name: `Restore ${FILE}` }).click()
  await expect(dialog.getByRole('list', { name: 'Outcome' })).toContainText(`${FILE} restored`)
  const snapshot = `/tank/home/.zfs/snapshot/${yesterday()}/jonas/Documents/${FILE}`
  expect(sumOf(ON_DISK)).toBe(sumOf(snapshot))
  await context.close()

  await page.goto(`/activity/audit?user=${LISE.name}&action=restore`)
  const lines = page.getByRole('table', { name: 'Audit log' }).getByRole('row').filter({ hasText: FILE })
  await expect(lines).toHaveCount(earlier + 1)
  await expect(lines.first()).toContainText(LISE.name)
  await expect(lines.first()).toContainText('where it was')
})

for (const scheme of ['light', 'dark'] as const) {
  test(`Grants and the audit log are accessible, ${scheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme })
    await addLise(page)
    await page.getByRole('button', { name: `Files that ${LISE.name} may see…` }).click()
    await expect(page.getByRole('table', { name: 'Datasets that may be seen' })).toBeVisible()
    await expectAccessible(page)
    await page.goto('/activity/audit')
    await expect(page.getByRole('table', { name: 'Audit log' })).toBeVisible()
    await expectAccessible(page)
    await page.setViewportSize({ width: 390, height: 844 })
    await expectAccessible(page)
  })
}
