import { createHash } from 'node:crypto'
import { inflateRawSync } from 'node:zlib'

import { type Download, expect, type Page, test } from '@playwright/test'

import { allIndexed, inGuest, script, signIn, sumOf, treeOf, yesterday } from './support'

const TRIP = '/tank/photos/2026/Sailing trip'
const BEFORE = '/tank/photos/.zfs/snapshot/before-cleanup/2026/Sailing trip'
const DOCUMENTS = '/tank/home/anna/Documents'

const tray = (page: Page) => page.getByRole('region', { name: 'Tray' })

test.describe.configure({ timeout: 300_000 })

test('A deleted folder is found, gathered and put back whole; undone, it is gone again', async ({ page }) => {
  inGuest('rm', '-rf', TRIP)
  await signIn(page)
  await allIndexed(page)
  await page.goto('/search?q=sailing%20trip')
  await page.getByRole('checkbox', { name: /^Folders \d/ }).click()
  await page.getByRole('checkbox', { name: 'Select Sailing trip' }).check()
  await expect(tray(page)).toContainText('1 folder')
  // It is still there on another page.
  await page.getByRole('link', { name: 'Activity' }).first().click()
  await expect(page.getByRole('heading', { name: 'Activity' })).toBeVisible()
  await tray(page).getByRole('button', { name: 'Restore…' }).click()

  const dialog = page.getByRole('dialog', { name: 'Restore Sailing trip' })
  await expect(dialog.getByRole('region', { name: 'Plan' })).toContainText('24 files')
  await dialog.getByRole('button', { name: 'Restore Sailing trip with 24 files' }).click()
  await expect(dialog.getByRole('list', { name: 'Outcome' })).toContainText('Sailing trip restored')
  expect(treeOf(TRIP)).toBe(treeOf(BEFORE))
  await expect(tray(page)).toHaveCount(0)

  await dialog.getByRole('link', { name: 'Show the job' }).click()
  await page.getByRole('button', { name: 'Undo…' }).click()
  await page.getByRole('button', { name: /^Undo(:| the restore)/ }).click()
  await expect(page.getByRole('region', { name: 'Undo', exact: true })).toContainText('as before')
  expect(script('ls -A "$0"', '/tank/photos/2026').split('\n')).not.toContain('Sailing trip')
})

test('What is in the tray is downloaded as a .zip that opens', async ({ page }) => {
  await signIn(page)
  await page.goto(`/files/${encodeURIComponent('tank/home')}?at=${yesterday()}&path=anna/Documents`)
  for (const name of ['Letters', 'Thesis.md'])
    await page.getByRole('checkbox', { name: `Select ${name}` }).check()
  const selection = page.getByRole('region', { name: 'Selection' })
  await expect(selection).toContainText('2 items selected')
  await selection.getByRole('button', { name: 'Add to the tray' }).click()
  await expect(tray(page)).toContainText(/1 file, .* and 1 folder/)
  await tray(page).getByRole('button', { name: 'Download' }).click()
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'As .zip, which opens everywhere' }).click()

  const started = await download
  expect(started.suggestedFilename()).toMatch(/\.zip$/)
  const files = unzip(await bytesOf(started))
  const named = (end: string) => [...files].find(([name]) => name.endsWith(end))?.[1]
  const snapshot = DOCUMENTS.replace('/tank/home', `/tank/home/.zfs/snapshot/${yesterday()}`)
  expect(named('Letters/Grüße vom Deich.txt')?.toString()).toContain('viele Grüße vom Deich')
  const thesis = createHash('sha256').update(named('Thesis.md') ?? '')
  expect(thesis.digest('hex')).toBe(sumOf(`${snapshot}/Thesis.md`))
  const letters = script('cd "$0"; find Letters -type f | wc -l', snapshot).trim()
  expect([...files.keys()].filter((name) => !name.endsWith('/'))).toHaveLength(Number(letters) + 1)

  await tray(page).getByRole('button', { name: 'Clear' }).click()
  await expect(tray(page)).toHaveCount(0)
})

async function bytesOf(download: Download): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of await download.createReadStream()) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

/** What a .zip holds, by name, as its directory at the end has it. */
function unzip(zip: Buffer): Map<string, Buffer> {
  expect(zip.readUInt32LE(0)).toBe(0x04034b50)
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06'))
  expect(end).toBe(zip.length - 22)
  const files = new Map<string, Buffer>()
  let at = zip.readUInt32LE(end + 16)
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    expect(zip.readUInt32LE(at)).toBe(0x02014b50)
    const [method, size] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20)]
    const [nameLength, extra, comment] = [28, 30, 32].map((place) => zip.readUInt16LE(at + place))
    const local = zip.readUInt32LE(at + 42)
    const name = zip.toString('utf8', at + 46, at + 46 + (nameLength ?? 0))
    const begin = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
    const packed = zip.subarray(begin, begin + size)
    files.set(name, method === 8 ? inflateRawSync(packed) : packed)
    at += 46 + (nameLength ?? 0) + (extra ?? 0) + (comment ?? 0)
  }
  return files
}
