import { screen, waitFor, within } from '@testing-library/react'
import { expect, test } from 'vitest'

import { renderApp } from '../test/render-app'

type Sent = { restricted: boolean; grants: { dataset: string; beneath: boolean; rights: string[] }[] }

/** Remembers what is sent to the address that ends so. */
function listen(api: ReturnType<typeof renderApp>['api'], method: string, end: string): unknown[] {
  const sent: unknown[] = []
  const { handle } = api
  api.handle = async (request) => {
    if (request.method === method && request.url.endsWith(end)) sent.push(await request.clone().json())
    return handle(request)
  }
  return sent
}

test('a user is given some datasets, in plain words', async () => {
  const { api, user } = renderApp('/settings/users')
  const sent = listen(api, 'PUT', '/users/2/grants')
  await user.click(await screen.findByRole('button', { name: 'Files that vera may see…' }))
  const dialog = await screen.findByRole('dialog', { name: 'Files that vera may see' })
  expect((await within(dialog).findByRole<HTMLInputElement>('radio', { name: 'All files' })).checked).toBe(
    true,
  )
  expect(within(dialog).queryByRole('table')).toBeNull()
  await user.click(within(dialog).getByRole('radio', { name: 'Only these datasets' }))
  expect(within(dialog).getByText(/nothing can be seen/)).toBeTruthy()
  await user.click(within(dialog).getByRole('combobox', { name: 'Add a dataset' }))
  await user.click(await screen.findByRole('option', { name: 'tank/home' }))
  const box = (name: string) => within(dialog).getByRole<HTMLInputElement>('checkbox', { name })
  expect(box('Put files back into tank/home').checked).toBe(true)
  await user.click(box('Also the datasets beneath tank/home'))
  await user.click(box('Put elsewhere files of tank/home'))
  await user.click(within(dialog).getByRole('button', { name: 'Save' }))
  await waitFor(() => expect(screen.getAllByRole('cell', { name: 'some datasets' })).toHaveLength(2))
  expect(screen.queryByRole('dialog')).toBeNull()
  const rights = ['browse', 'restore_in_place', 'restore_elsewhere']
  expect(sent).toEqual([{ restricted: true, grants: [{ dataset: 'tank/home', beneath: false, rights }] }])
})

test('what was granted is taken away again', async () => {
  const { api, user } = renderApp('/settings/users')
  const sent = listen(api, 'PUT', '/users/3/grants')
  await user.click(await screen.findByRole('button', { name: 'Files that mia may see…' }))
  await user.click(await screen.findByRole('button', { name: 'Take tank/home away' }))
  await user.click(screen.getByRole('button', { name: 'Save' }))
  await waitFor(() => expect(sent).toHaveLength(1))
  expect((sent[0] as Sent).grants).toEqual([])
})

test('administrators see everything', async () => {
  renderApp('/settings/users')
  const files = await screen.findByRole<HTMLButtonElement>('button', { name: 'Files that admin may see…' })
  expect(files.disabled).toBe(true)
})

test('a new member who sees only some datasets is asked which', async () => {
  const { user } = renderApp('/settings/users')
  await user.click(await screen.findByRole('button', { name: 'Add user…' }))
  await user.type(await screen.findByRole('textbox', { name: 'User name' }), 'tom')
  await user.type(screen.getByLabelText('Initial password'), 'correct horse')
  await user.click(screen.getByRole('switch', { name: /Sees only some datasets/ }))
  await user.click(screen.getByRole('button', { name: 'Add user' }))
  expect(await screen.findByRole('dialog', { name: 'Files that tom may see' })).toBeTruthy()
})

test('who sees some datasets is shown these, and nothing that would be refused', async () => {
  const { requests } = renderApp('/', 'mia')
  const table = await screen.findByRole('table', { name: 'Datasets' })
  expect(within(table).getByText('tank/home')).toBeTruthy()
  expect(within(table).queryByText('tank/media')).toBeNull()
  expect(requests.some((request) => /\/(pools|index)$/.test(request))).toBe(false)
})

test('a family member puts their own file back', async () => {
  const { user } = renderApp('/files/tank%2Fhome?path=Documents&deleted=1', 'mia')
  const row = await screen.findByRole('row', { name: /Thesis/ })
  await user.click(within(row).getByRole('button', { name: 'Restore Thesis.md…' }))
  const dialog = await screen.findByRole('dialog', { name: 'Restore Thesis.md' })
  expect(await within(dialog).findByRole('button', { name: 'Restore Thesis.md' })).toBeTruthy()
})

test('the settings of such a user lead to no index', async () => {
  renderApp('/settings/password', 'mia')
  await screen.findByRole('tab', { name: 'Password' })
  expect(screen.queryByRole('link', { name: 'Index' })).toBeNull()
})
