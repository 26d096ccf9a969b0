import { screen, waitFor, within } from '@testing-library/react'
import { expect, test } from 'vitest'

import { snapshotsOf } from '../../mock/seed'
import { renderApp } from '../test/render-app'

const HOME = '/files/tank%2Fhome'
const tags = snapshotsOf('tank/home').map(({ tag }) => tag)

test('deleted files are shown in place, told as such, and restored from where they last were', async () => {
  const { api, user, address } = renderApp(`${HOME}?path=Documents`)
  await screen.findByRole('row', { name: /Tax return/ })
  await user.click(screen.getByRole('switch', { name: 'Show deleted' }))
  expect(address()).toBe(`${HOME}?path=Documents&deleted=1`)
  const row = await screen.findByRole('row', { name: /Thesis/ })
  expect(row.textContent).toContain(`deleted, last in ${tags[0] ?? ''}`)
  expect(within(row).getByText('Deleted')).toBeTruthy()

  const asked: unknown[] = []
  const { handle } = api
  api.handle = async (request) => {
    if (request.url.endsWith('/restores/plan')) asked.push(await request.clone().json())
    return handle(request)
  }
  await user.click(within(row).getByRole('button', { name: 'Restore Thesis.md…' }))
  const dialog = await screen.findByRole('dialog', { name: 'Restore Thesis.md' })
  expect(await within(dialog).findByRole('button', { name: 'Restore Thesis.md' })).toBeTruthy()
  expect(asked[0]).toMatchObject({ at: tags[0], paths: ['Documents/Thesis.md'] })
})

test('what no snapshot holds is not offered for restoring', async () => {
  renderApp(`${HOME}?path=Documents&deleted=1`)
  const row = await screen.findByRole('row', { name: /scratch/ })
  expect(row.textContent).toContain('deleted, in no snapshot')
  expect(within(row).queryByRole('button')).toBeNull()
})

test('a deleted folder is entered when it last was', async () => {
  const { user, address } = renderApp(`${HOME}?deleted=1`)
  await user.click(await screen.findByRole('link', { name: 'Old drafts' }))
  expect(await screen.findByRole('row', { name: /draft-1/ })).toBeTruthy()
  expect(address()).toBe(`${HOME}?at=${tags[50] ?? ''}&path=Old%2520drafts&deleted=1`)
})

test('versions: each once, the live and the shown one marked, a step leads to its moment', async () => {
  const { user, address } = renderApp(`${HOME}?selected=notes.md`)
  const list = await screen.findByRole('list', { name: 'Versions' })
  const items = within(list).getAllByRole('listitem')
  expect(items).toHaveLength(5)
  expect(items[0]?.textContent).toMatch(/live.*shown.*now · in 9 snapshots/)
  expect(items[4]?.textContent).toContain('at /Documents/todo.md')
  expect(screen.getByRole('img', { name: /^Size over time/ })).toBeTruthy()

  await user.click(within(items[1] as HTMLElement).getByRole('button', { name: /in 21 snapshots/ }))
  expect(address()).toBe(`${HOME}?at=${tags[9] ?? ''}&selected=notes.md`)
  await waitFor(() =>
    expect(screen.getByRole('button', { current: true, name: /in 21 snapshots/ })).toBeTruthy(),
  )
})

test('a version is restored from its newest snapshot', async () => {
  const { user } = renderApp(`${HOME}?selected=notes.md`)
  const list = await screen.findByRole('list', { name: 'Versions' })
  const [first] = within(list).getAllByRole('button', { name: /^Restore the version/ })
  await user.click(first as HTMLElement)
  const dialog = await screen.findByRole('dialog', { name: 'Restore notes.md' })
  expect(within(dialog).getByText(`tank/home@${tags[9] ?? ''}`)).toBeTruthy()
})

test('Shift and an arrow step by version of the chosen file', async () => {
  const { user, address } = renderApp(`${HOME}?selected=notes.md`)
  await screen.findByRole('list', { name: 'Versions' })
  screen.getByRole('slider', { name: 'Time line' }).focus()
  await user.keyboard('{Shift>}{ArrowLeft}{ArrowLeft}{/Shift}')
  expect(address()).toContain(`at=${tags[30] ?? ''}`)
  await user.keyboard('{Shift>}{ArrowRight}{ArrowRight}{/Shift}')
  expect(address()).not.toContain('at=')
})

test('what is not indexed yet is said calmly, with the way to the index', async () => {
  renderApp('/files/tank%2Fmedia?selected=notes.md')
  expect(await screen.findByText(/Versions are known once tank\/media has been indexed/)).toBeTruthy()
  expect(screen.queryByRole('alert')).toBeNull()
  const note = screen.getByRole('note')
  expect(note.textContent).toContain('this was read from the file system')
  expect(within(note).getByRole('link').getAttribute('href')).toBe('/index?dataset=tank/media')
})

test('what changed since a moment, with the way to each file', async () => {
  const { user, address } = renderApp(`${HOME}?at=${tags[3] ?? ''}`)
  await user.click(await screen.findByRole('switch', { name: 'Changes since then' }))
  const table = await screen.findByRole('table', { name: 'Changes' })
  expect(screen.getByText('5 changes · 12.1 KiB more in all')).toBeTruthy()
  expect(within(table).getByRole('row', { name: /Moved Documents\/Letters.*from \/Documents/ })).toBeTruthy()
  await user.click(within(table).getByRole('link', { name: 'Documents/Thesis.md' }))
  // It is no more, so it is shown when it still was.
  expect(address()).toBe(`${HOME}?at=${tags[3] ?? ''}&path=Documents&selected=Documents/Thesis.md`)
})
