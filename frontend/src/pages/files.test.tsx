import { screen, waitFor, within } from '@testing-library/react'
import { expect, test } from 'vitest'

import { snapshotsOf } from '../../mock/seed'
import { renderApp } from '../test/render-app'

test('a deleted file is found in yesterday’s snapshot and restored', async () => {
  const { user, address } = renderApp('/files/tank%2Fhome?path=Documents')
  await screen.findByRole('row', { name: /Tax return/ })
  expect(screen.queryByRole('row', { name: /Thesis/ })).toBeNull()

  await user.click(screen.getByRole('button', { name: 'Earlier snapshot' }))
  await user.click(await screen.findByRole('row', { name: /Thesis/ }))
  expect(address()).toMatch(/at=hourly-.*selected=Documents\/Thesis.md/)

  await user.click(await screen.findByRole('button', { name: 'Restore…' }))
  const dialog = await screen.findByRole('dialog', { name: 'Restore Thesis.md' })
  await user.click(await within(dialog).findByRole('button', { name: 'Restore Thesis.md' }))
  expect(await within(dialog).findByText('Succeeded')).toBeTruthy()

  await user.click(within(dialog).getByRole('link', { name: /^Show \/Documents\/Thesis.md/ }))
  expect(address()).toBe('/files/tank%2Fhome?path=Documents&selected=Documents/Thesis.md')
})

test('the button says what will happen', async () => {
  const { user } = renderApp(
    '/files/tank%2Fhome?path=Documents&selected=Documents/Tax%2520return%25202025.pdf',
  )
  await screen.findByRole('row', { name: /Tax return/ })
  await user.click(screen.getByRole('button', { name: 'Earlier snapshot' }))
  const restore = await screen.findByRole<HTMLButtonElement>('button', { name: 'Restore…' })
  await waitFor(() => expect(restore.disabled).toBe(false))
  await user.click(restore)
  const dialog = await screen.findByRole('dialog')
  expect(
    await within(dialog).findByRole('button', { name: 'Restore Tax return 2025.pdf, keep both' }),
  ).toBeTruthy()
  await user.click(within(dialog).getByRole('radio', { name: 'Replace' }))
  expect(await within(dialog).findByRole('button', { name: 'Replace Tax return 2025.pdf' })).toBeTruthy()
  expect(within(dialog).getByText(/A guard snapshot is taken first/)).toBeTruthy()
  await user.click(within(dialog).getByRole('radio', { name: 'Skip' }))
  const nothing = await within(dialog).findByRole<HTMLButtonElement>('button', { name: 'Nothing to restore' })
  expect(nothing.disabled).toBe(true)
})

test('keys: arrows choose, Enter opens, Backspace goes up, n is now', async () => {
  const { user, address } = renderApp('/files/tank%2Fhome')
  const grid = await screen.findByRole('grid', { name: 'tank/home' })
  grid.focus()
  await user.keyboard('{ArrowDown}')
  expect(address()).toContain('selected=Documents')
  await user.keyboard('{Enter}')
  await screen.findByRole('row', { name: /Letters/ })
  expect(address()).toBe('/files/tank%2Fhome?path=Documents')
  screen.getByRole('grid').focus()
  await user.keyboard('{Backspace}')
  expect(address()).toBe('/files/tank%2Fhome?selected=Documents')

  screen.getByRole('slider', { name: 'Time line' }).focus()
  await user.keyboard('{ArrowLeft}{ArrowLeft}')
  expect(address()).toContain('at=hourly')
  await user.keyboard('n')
  expect(address()).not.toContain('at=')
})

test('a file that was not there at the chosen moment says so', async () => {
  renderApp('/files/tank%2Fhome?path=Documents&selected=Documents/Thesis.md')
  expect(await screen.findByText('Thesis.md was not there')).toBeTruthy()
})

test('a key that repeats loses no step', async () => {
  const { user, address } = renderApp('/files/tank%2Fhome')
  ;(await screen.findByRole('slider', { name: 'Time line' })).focus()
  await user.keyboard('{ArrowLeft>25/}')
  const newestFirst = snapshotsOf('tank/home').map(({ tag }) => tag)
  expect(address()).toBe(`/files/tank%2Fhome?at=${newestFirst[24] ?? ''}`)
})

test('names with control characters stay one row', async () => {
  renderApp('/files/tank%2Fhome?path=Documents')
  expect(await screen.findByRole('row', { name: /line↵break⇥tab.txt/ })).toBeTruthy()
})

test('only the rows in sight of a large folder exist', async () => {
  renderApp('/files/tank%2Fhome?path=Many')
  const grid = await screen.findByRole('grid', { name: 'Many' })
  await screen.findByRole('row', { name: /row-00000/ })
  expect(grid.getAttribute('aria-rowcount')).toBe('2501')
  expect(screen.getAllByRole('row').length).toBeLessThan(60)
})

test('a pasted path leads there', async () => {
  const { user, address } = renderApp('/files/tank%2Fhome')
  await user.click(await screen.findByRole('button', { name: 'Edit path' }))
  const field = screen.getByRole('textbox', { name: 'Path' })
  await user.clear(field)
  await user.type(field, '/tank/home/Documents/Letters{Enter}')
  expect(await screen.findByText('This folder is empty')).toBeTruthy()
  expect(address()).toBe('/files/tank%2Fhome?path=Documents/Letters')
})

test('a folder that was not there then says so', async () => {
  renderApp('/files/tank%2Fhome?path=Nowhere')
  const alert = await screen.findByRole('alert')
  expect(alert.textContent).toContain('There is no folder Nowhere at this moment.')
  expect(alert.textContent).toContain('file_not_found')
})

test('a dataset that can’t be reached says why and what to do', async () => {
  renderApp('/files/tank%2Fsecret')
  expect(await screen.findByText(/zfs load-key tank\/secret/)).toBeTruthy()
})

test('a viewer is told why restoring is not offered', async () => {
  const { user } = renderApp('/files/tank%2Fhome?path=Documents', 'vera')
  await user.click(await screen.findByRole('button', { name: 'Earlier snapshot' }))
  await user.click(await screen.findByRole('row', { name: /Thesis/ }))
  expect(await screen.findByText('Needs the role operator; yours is viewer.')).toBeTruthy()
})
