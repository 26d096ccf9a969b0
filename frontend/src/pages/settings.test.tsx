import { screen, within } from '@testing-library/react'
import { expect, test } from 'vitest'

import { renderApp } from '../test/render-app'

test('a token’s secret is shown once', async () => {
  const { user } = renderApp('/settings/tokens')
  await user.click(await screen.findByRole('button', { name: 'Create token…' }))
  await user.type(await screen.findByRole('textbox', { name: 'Token name' }), 'nightly')
  await user.click(screen.getByRole('button', { name: 'Create token' }))
  const dialog = await screen.findByRole('dialog', { name: 'The token nightly' })
  expect(within(dialog).getByRole<HTMLInputElement>('textbox', { name: 'Secret' }).value).toMatch(/^nasman_/)
  await user.click(within(dialog).getByRole('button', { name: 'Done' }))
  expect(await screen.findByRole('cell', { name: 'nightly' })).toBeTruthy()
  expect(screen.queryByRole('textbox', { name: 'Secret' })).toBeNull()
})

test('users are for admins', async () => {
  const { address } = renderApp('/settings/users', 'vera')
  await screen.findByRole('tab', { name: 'Password' })
  expect(screen.queryByRole('tab', { name: 'Users' })).toBeNull()
  expect(address()).toBe('/settings/password')
})

test('passwords that differ are not sent', async () => {
  const { user } = renderApp('/settings/password')
  await user.type(await screen.findByLabelText('Current password'), 'old')
  await user.type(screen.getByLabelText('New password'), 'one long password')
  await user.type(screen.getByLabelText('New password again'), 'another')
  expect(screen.getByText('The two new passwords differ.')).toBeTruthy()
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Change password' }).disabled).toBe(true)
})
