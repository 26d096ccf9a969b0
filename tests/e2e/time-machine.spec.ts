import { expect, type Page, test } from '@playwright/test'

import {
  allIndexed,
  daily,
  destroySnapshot,
  expectAccessible,
  expectNoSidewaysScroll,
  indexNow,
  inGuest,
  script,
  signIn,
  sumOf,
  treeOf,
  yesterday,
} from './support'

const HOME = `/files/${encodeURIComponent('tank/home')}`
const THESIS = '/tank/home/anna/Documents/Thesis.md'
const KEPT = '/root/kept-thesis'
const MISTAKE = 'All of this was overwritten by mistake.'

const row = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name }).first()
const restoreDialog = (page: Page, name: string) => page.getByRole('dialog', { name: `Restore ${name}` })

test.describe.configure({ timeout: 300_000 })

test.beforeEach(async ({ page }) => {
  await signIn(page)
})

test.describe('An overwritten document', () => {
  test.beforeAll(() => {
    inGuest('cp', '-p', THESIS, KEPT)
    script('head -n 3 "$0" > "$1"; echo "$2" >> "$1"', KEPT, THESIS, MISTAKE)
  })

  test.afterAll(() => {
    inGuest('cp', '-p', KEPT, THESIS)
    // In the guard is a version that would be taken for the one before, the next time.
    script('zfs list -H -o name -t snapshot -d 1 tank/home | grep nasman-guard | xargs -r -n 1 zfs destroy')
  })

  test('is compared with what it was, replaced by it, and that is undone', async ({ page }) => {
    const overwritten = sumOf(THESIS)
    await allIndexed(page)
    await indexNow(page, 'tank/home')
    await page.goto(`${HOME}?path=anna/Documents`)
    await row(page, 'Thesis.md').click()
    const versions = page.getByRole('list', { name: 'Versions' }).getByRole('listitem')
    await expect(versions.first()).toContainText('live')
    expect(await versions.count()).toBeGreaterThan(10)
    const before = versions.nth(1)

    await before.getByRole('button', { name: /^Compare the version of .* with now$/ }).click()
    const compare = page.getByRole('dialog', { name: 'Compare Thesis.md' })
    await expect(compare).toContainText(/lines removed, 1 line added\./)
    const added = compare.getByRole('row').filter({ hasText: MISTAKE }).getByRole('cell')
    await expect(added.last()).toContainText(`+${MISTAKE}`)
    await expect(added.first()).not.toContainText(MISTAKE)
    const [left, right] = [await added.first().boundingBox(), await added.last().boundingBox()]
    expect(left?.y).toBe(right?.y)
    expect(right?.x).toBeGreaterThan(left?.x ?? Infinity)

    // Before the other one is there: what is asked for is asked for once more, from the other side.
    await compare.getByRole('combobox', { name: 'Before' }).click()
    await page.getByRole('option').last().click()
    await compare.getByRole('button', { name: 'Change them round' }).click()
    await expect(compare.getByRole('status')).toContainText(/^1 line removed, .* added\.$/)
    await compare.getByRole('button', { name: 'Close' }).click()

    await before.getByRole('button', { name: /^Restore the version of/ }).click()
    const dialog = restoreDialog(page, 'Thesis.md')
    await dialog.getByRole('radio', { name: 'Replace', exact: true }).check()
    await expect(dialog.getByRole('region', { name: 'Plan' })).toContainText('guard snapshot')
    await dialog.getByRole('button', { name: 'Replace Thesis.md' }).click()
    await expect(dialog.getByRole('list', { name: 'Outcome' })).toContainText('Thesis.md restored')
    const guard = /nasman-guard-[\w.-]+\w/.exec(await dialog.innerText())?.[0]
    expect(guard).toBeDefined()
    expect(sumOf(THESIS)).toBe(sumOf(KEPT))
    expect(sumOf(`/tank/home/.zfs/snapshot/${guard}/anna/Documents/Thesis.md`)).toBe(overwritten)

    await dialog.getByRole('button', { name: 'Undo…' }).click()
    await dialog.getByRole('button', { name: 'Undo: put back 1' }).click()
    await expect(dialog.getByRole('region', { name: 'Undo', exact: true })).toContainText(
      '1 entry is as before',
    )
    expect(sumOf(THESIS)).toBe(overwritten)
  })
})

test.describe('On a phone', () => {
  const FOLDER = '/tank/home/anna/Pocket'
  const SNAPSHOT = 'e2e-phone'
  const NAMES = ['Mooring plan.txt', 'Tide table.txt']

  test.use({ viewport: { width: 390, height: 844 } })

  test.beforeAll(() => {
    destroySnapshot(`tank/home@${SNAPSHOT}`)
    inGuest('mkdir', '-p', FOLDER)
    for (const name of NAMES) script('echo "$0" > "$1"', name, `${FOLDER}/${name}`)
    inGuest('zfs', 'snapshot', `tank/home@${SNAPSHOT}`)
    for (const name of NAMES) inGuest('rm', `${FOLDER}/${name}`)
  })

  test.afterAll(() => {
    inGuest('rm', '-rf', FOLDER)
    destroySnapshot(`tank/home@${SNAPSHOT}`)
  })

  test('files are found on the time line, gathered and put back', async ({ page }) => {
    const before = treeOf(`/tank/home/.zfs/snapshot/${SNAPSHOT}/anna/Pocket`)
    await page.goto(`${HOME}?path=anna/Pocket&at=${SNAPSHOT}`)
    const line = page.getByRole('slider', { name: 'Time line' })
    await expect(line).toHaveAttribute('aria-valuetext', new RegExp(SNAPSHOT))
    await expect(row(page, 'Tide table.txt')).toBeVisible()
    await expectNoSidewaysScroll(page)
    await line.press('End')
    await expect(line).toHaveAttribute('aria-valuetext', 'Now')
    await expect(page.getByText('This folder is empty')).toBeVisible()
    await line.press('ArrowLeft')

    for (const name of NAMES) await page.getByRole('checkbox', { name: `Select ${name}` }).check()
    await page
      .getByRole('region', { name: 'Selection' })
      .getByRole('button', { name: 'Add to the tray' })
      .click()
    const tray = page.getByRole('region', { name: 'Tray' })
    await expect(tray).toBeInViewport({ ratio: 1 })
    await expectNoSidewaysScroll(page)
    await tray.getByRole('button', { name: /show what is in the tray/ }).click()
    const list = page.getByRole('dialog', { name: 'Tray' })
    await expect(list).toContainText('Tide table.txt')
    await expectAccessible(page)
    await list.getByRole('button', { name: 'Close' }).click()

    await tray.getByRole('button', { name: 'Restore…' }).click()
    const dialog = restoreDialog(page, '2 items')
    await expect(dialog.getByRole('region', { name: 'Plan' })).toContainText('2 files')
    expect(await dialog.boundingBox()).toEqual({ x: 0, y: 0, width: 390, height: 844 })
    await expectNoSidewaysScroll(page)
    await expectAccessible(page)
    await dialog.getByRole('button', { name: 'Restore 2 files' }).click()
    for (const name of NAMES) await expect(dialog).toContainText(`${name} restored`)
    // The folder itself was there; its own time is not what was restored.
    const entries = (tree: string) => tree.split('\n').filter((line) => line.includes('.txt'))
    expect(entries(treeOf(FOLDER))).toEqual(entries(before))
    await dialog.getByRole('button', { name: 'Done' }).click()
    await expect(dialog).toBeHidden()
    await expectNoSidewaysScroll(page)
  })
})

for (const scheme of ['light', 'dark'] as const) {
  test(`Going back in time is accessible, ${scheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme })
    await indexNow(page, 'tank/home')
    const then = `${HOME}?path=anna/Documents&at=${daily(8)}&added=1`
    await page.goto(then)
    await expect(row(page, 'Thesis.md')).toContainText('Changed since')
    await expect(row(page, 'Flat hunt.md')).toContainText('Added since')
    await expectAccessible(page)
    await page.goto(`${then}&changes=1`)
    await expect(page.getByRole('list', { name: 'Changes by kind' })).toBeVisible()
    await expectAccessible(page)

    await page.goto(`${then}&selected=anna/Documents/Thesis.md&compare=${daily(8)},${yesterday()}`)
    const compare = page.getByRole('dialog', { name: 'Compare Thesis.md' })
    await expect(compare.getByRole('table', { name: 'Comparison' })).toBeVisible()
    await expectAccessible(page)
    await compare.getByRole('button', { name: 'Close' }).click()
    await expect(page.getByRole('list', { name: 'Versions' })).toBeVisible()
    await expectAccessible(page)

    await page.getByRole('button', { name: 'Add to the tray', exact: true }).click()
    const tray = page.getByRole('region', { name: 'Tray' })
    await tray.getByRole('button', { name: /show what is in the tray/ }).click()
    await expect(page.getByRole('button', { name: 'Remove Thesis.md from the tray' })).toBeVisible()
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await tray.getByRole('button', { name: 'Download' }).click()
    await expect(page.getByRole('link', { name: 'As it is' })).toBeVisible()
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await tray.getByRole('button', { name: 'Restore…' }).click()
    const dialog = restoreDialog(page, 'Thesis.md')
    await expect(dialog.getByRole('list', { name: 'Conflicts' })).toBeVisible()
    await expectAccessible(page)
    await dialog.getByRole('radio', { name: 'Another folder' }).check()
    await expect(dialog.getByRole('list', { name: 'Folders' })).toBeVisible()
    await expectAccessible(page)
  })
}
