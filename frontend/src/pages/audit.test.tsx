import { screen, waitFor, within } from '@testing-library/react'
import { expect, test } from 'vitest'

import { renderApp } from '../test/render-app'

test('admins see who did what, from where to where, by which request', async () => {
  const { user, address } = renderApp('/activity')
  await user.click(await screen.findByRole('tab', { name: 'Audit' }))
  const table = await screen.findByRole('table', { name: 'Audit log' })
  expect(address()).toBe('/activity/audit')
  const [, restore, preview, failed] = within(table).getAllByRole('row')
  expect(restore?.textContent).toContain('mia')
  expect(restore?.textContent).toContain('Tax return.pdf')
  expect(restore?.textContent).toContain('where it was')
  expect(restore?.textContent).toContain('mock-3')
  expect(preview?.textContent).toContain('by token 4')
  expect(failed?.textContent).toContain('a name that nobody has')
  expect(within(failed as HTMLElement).getByText('Failed')).toBeTruthy()
})

test('filters are in the address, and an empty list says so', async () => {
  const { user, address } = renderApp('/activity/audit?action=preview')
  const table = await screen.findByRole('table', { name: 'Audit log' })
  await waitFor(() => expect(within(table).getAllByRole('row')).toHaveLength(2))
  await user.type(screen.getByRole('textbox', { name: 'Find' }), 'nothing{Enter}')
  expect(address()).toBe('/activity/audit?action=preview&q=nothing')
  expect(await screen.findByText('Nothing like that is in the log')).toBeTruthy()
  await user.click(screen.getByRole('button', { name: 'Show all' }))
  expect(address()).toBe('/activity/audit')
  expect(within(await screen.findByRole('table', { name: 'Audit log' })).getAllByRole('row')).toHaveLength(4)
})

test('an error can be tried again', async () => {
  const { api } = renderApp('/activity/audit')
  const { handle } = api
  api.handle = (request) =>
    request.url.includes('/audit') ? Promise.reject(new TypeError('offline')) : handle(request)
  expect(await screen.findByText('The audit log can’t be shown')).toBeTruthy()
  expect(screen.getByRole('button', { name: /again/i })).toBeTruthy()
})

test('the log is for admins', async () => {
  const { address } = renderApp('/activity/audit', 'vera')
  await waitFor(() => expect(address()).toBe('/activity'))
  await screen.findByRole('table', { name: 'Jobs' })
  expect(screen.queryByRole('tab', { name: 'Audit' })).toBeNull()
})
