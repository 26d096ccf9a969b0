import { screen } from '@testing-library/react'
import { expect, test } from 'vitest'

import { renderApp } from '../test/render-app'

test('sign-in leads back to where one was', async () => {
  const { user, address } = renderApp('/files/tank%2Fhome?path=Documents', null)
  await user.type(await screen.findByRole('textbox', { name: 'Name' }), 'admin')
  await user.type(screen.getByLabelText('Password'), 'right')
  await user.click(screen.getByRole('button', { name: 'Sign in' }))
  expect(await screen.findByRole('row', { name: /Tax return/ })).toBeTruthy()
  expect(address()).toBe('/files/tank%2Fhome?path=Documents')
})

test('a wrong password is said, and nothing else happens', async () => {
  const { user, address } = renderApp('/sign-in', null)
  await user.type(await screen.findByRole('textbox', { name: 'Name' }), 'admin')
  await user.type(screen.getByLabelText('Password'), 'wrong')
  await user.click(screen.getByRole('button', { name: 'Sign in' }))
  expect((await screen.findByRole('alert')).textContent).toContain('Name or password is wrong.')
  expect(address()).toBe('/sign-in')
})

test('a session that ends anywhere leads to sign-in', async () => {
  const { api, user, address } = renderApp('/snapshots/tank%2Fhome')
  await screen.findByRole('table', { name: 'Snapshots' })
  api.signIn('nobody')
  await user.click(screen.getByRole('link', { name: 'tank/media' }))
  await screen.findByRole('button', { name: 'Sign in' })
  expect(address()).toBe('/sign-in?next=/snapshots/tank%252Fmedia')
})

test('signing out leads to sign-in', async () => {
  const { user } = renderApp('/')
  await user.click(await screen.findByRole('button', { name: 'User admin' }))
  await user.click(await screen.findByRole('button', { name: 'Sign out' }))
  expect(await screen.findByRole('button', { name: 'Sign in' })).toBeTruthy()
})
