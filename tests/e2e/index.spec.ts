import { expect, test } from '@playwright/test'

import { allIndexed, expectAccessible, indexNow, inGuest, signIn, yesterday } from './support'

const HOME = encodeURIComponent('tank/home')

test('The index page tells how far it is, and indexes on demand', async ({ page }) => {
  test.setTimeout(300_000)
  await signIn(page)
  await allIndexed(page)
  await page.goto('/index')
  await expect(page.getByRole('row').filter({ hasText: 'tank/home' }).first()).toBeVisible()
  await expectAccessible(page)
  await page.goto(`/index?dataset=${HOME}`)
  await page.getByRole('button', { name: 'Index now' }).first().click()
  await expect
    .poll(async () => {
      const answer = await page.request.get('/api/v1/jobs?kind=index&state=succeeded')
      const { items } = (await answer.json()) as { items: { title: string; user: string }[] }
      return items.some((job) => job.title === 'Index tank/home' && job.user === 'admin')
    })
    .toBe(true)
})

test('A file deleted now shows among what is, and all its versions with it', async ({ page }) => {
  test.setTimeout(300_000)
  const path = '/tank/home/anna/Documents/Recipe book.odt'
  await signIn(page)
  await allIndexed(page)
  inGuest('mv', path, '/tank/home/anna/gone.odt')
  try {
    await indexNow(page, 'tank/home')
    await page.goto(`/files/${HOME}?path=anna%2FDocuments&deleted=1`)
    const row = page.getByRole('row').filter({ hasText: 'Recipe book.odt' }).first()
    await expect(row).toContainText(/deleted|moved/i)
    await row.getByText('Recipe book.odt').click()
    await expect(page.getByRole('heading', { name: /Versions/ })).toBeVisible()
    await expectAccessible(page)
  } finally {
    inGuest('mv', '/tank/home/anna/gone.odt', path)
  }
})

test('A folder as of a snapshot is shown without mounting it', async ({ page }) => {
  test.setTimeout(300_000)
  await signIn(page)
  await allIndexed(page)
  const mounts = () => inGuest('sh', '-c', 'grep -c "@" /proc/self/mounts || true').trim()
  const before = mounts()
  await page.goto(`/files/${HOME}?at=${yesterday()}&path=anna`)
  await expect(page.getByRole('row').filter({ hasText: 'Documents' }).first()).toBeVisible()
  expect(mounts()).toBe(before)
})
