import { createHash } from 'node:crypto'

import { expect, test } from '@playwright/test'

import { daily, expectAccessible, inGuest, script, signIn, yesterday } from './support'

const FILE = 'Tax return 2025.pdf'
const ON_DISK = `/tank/home/anna/Documents/${FILE}`

test('A file deleted this morning is found in yesterday’s snapshot and put back', async ({ page }) => {
  inGuest('rm', '-f', ON_DISK)
  await signIn(page)
  await page.getByRole('link', { name: 'Snapshots' }).first().click()
  await page.goto(`/snapshots/${encodeURIComponent('tank/home')}`)
  await page.getByRole('link', { name: yesterday(), exact: true }).click()

  const folder = (name: string) => page.getByRole('row').filter({ hasText: name }).first()
  await folder('anna').dblclick()
  await folder('Documents').dblclick()
  await folder(FILE).click()
  await page.getByRole('button', { name: 'Restore…', exact: true }).click()

  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('region', { name: 'Plan' })).toContainText('is put back as')
  await expectAccessible(page)
  await dialog.getByRole('button', { name: `Restore ${FILE}` }).click()
  await expect(dialog.getByRole('list', { name: 'Outcome' })).toContainText(`${FILE} restored`)

  const snapshot = `/tank/home/.zfs/snapshot/${yesterday()}/anna/Documents/${FILE}`
  expect(inGuest('sha256sum', ON_DISK).split(' ')[0]).toBe(inGuest('sha256sum', snapshot).split(' ')[0])
  expect(inGuest('stat', '-c', '%U %a %y', ON_DISK)).toBe(inGuest('stat', '-c', '%U %a %y', snapshot))
})

test('Replacing a file keeps what was there in a guard snapshot', async ({ page }) => {
  const path = '/tank/home/anna/Documents/Recipe book.odt'
  const before = inGuest('sha256sum', path).split(' ')[0]
  const good = daily(2)
  await signIn(page)
  await page.goto(`/files/${encodeURIComponent('tank/home')}?at=${good}&path=anna%2FDocuments`)
  await page.getByRole('row').filter({ hasText: 'Recipe book.odt' }).first().click()
  await page.getByRole('button', { name: 'Restore…', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('radio', { name: 'Replace', exact: true }).check()
  await expect(dialog.getByRole('region', { name: 'Plan' })).toContainText('guard snapshot')
  await dialog
    .getByRole('button', { name: /^Replace|^Restore/ })
    .last()
    .click()
  await expect(dialog).toContainText(/nasman-guard-/)

  expect(inGuest('sha256sum', path).split(' ')[0]).not.toBe(before)
  const guard = script(
    'zfs list -H -o name -t snapshot -s creation -d 1 tank/home | grep nasman-guard | tail -n 1',
  ).trim()
  const kept = `/tank/home/.zfs/snapshot/${guard.split('@')[1]}/anna/Documents/Recipe book.odt`
  expect(inGuest('sha256sum', kept).split(' ')[0]).toBe(before)
})

test('A name that is not UTF-8 browses and downloads unharmed', async ({ page }) => {
  await signIn(page)
  await page.goto(`/files/${encodeURIComponent('tank/home')}?path=odd-names`)
  await page.getByRole('row').filter({ hasText: 'latin1-caf' }).first().click()
  const download = page.waitForEvent('download')
  // Its versions have downloads of their own, once the index has told of them.
  await page.getByRole('link', { name: 'Download', exact: true }).click()
  const bytes: Buffer[] = []
  for await (const part of await (await download).createReadStream()) bytes.push(part as Buffer)
  const sum = inGuest('sh', '-c', 'sha256sum /tank/home/odd-names/latin1-caf*')
    .replace(/^\\/, '')
    .split(' ')[0]
  expect(createHash('sha256').update(Buffer.concat(bytes)).digest('hex')).toBe(sum)
})

test('A dataset that can’t be read says why and what to do', async ({ page }) => {
  await signIn(page)
  await page.goto(`/files/${encodeURIComponent('tank/private')}`)
  await expect(page.getByText(/key is not loaded/)).toBeVisible()
  await expectAccessible(page)
})

test('A wrong password is told and nothing more', async ({ page }) => {
  await page.goto('/')
  await page.getByRole('textbox', { name: 'Name' }).fill('admin')
  await page.getByRole('textbox', { name: 'Password' }).fill('not the password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByText('the name or the password is wrong')).toBeVisible()
  await expectAccessible(page)
})

for (const scheme of ['light', 'dark'] as const) {
  test(`Pages are accessible, ${scheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme })
    await signIn(page)
    const home = encodeURIComponent('tank/home')
    for (const address of ['/', `/files/${home}`, `/snapshots/${home}`, '/activity', '/settings']) {
      await page.goto(address)
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
      await expect(page.getByLabel(/^Loading/)).toHaveCount(0)
      await expectAccessible(page)
    }
  })
}

test('Signed out, an address leads to the sign-in and back', async ({ page }) => {
  const address = `/files/${encodeURIComponent('tank/home')}?path=anna`
  await page.goto(address)
  await page.getByRole('textbox', { name: 'Name' }).fill('admin')
  await page.getByRole('textbox', { name: 'Password' }).fill(process.env.NASMAN_PASSWORD ?? '')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('row').filter({ hasText: 'Documents' }).first()).toBeVisible()
  expect(new URL(page.url()).searchParams.get('path')).toBe('anna')
})
