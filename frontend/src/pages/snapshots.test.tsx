import { screen, waitFor, within } from '@testing-library/react'
import { expect, test } from 'vitest'

import { renderApp } from '../test/render-app'

test('a snapshot is taken and appears', async () => {
  const { user } = renderApp('/snapshots/tank%2Fhome')
  await user.click(await screen.findByRole('button', { name: 'Take snapshot…' }))
  const dialog = await screen.findByRole('dialog', { name: 'Take a snapshot of tank/home' })
  await user.type(within(dialog).getByRole('textbox', { name: 'Snapshot name' }), 'before-upgrade')
  await user.click(within(dialog).getByRole('button', { name: 'Take snapshot' }))
  expect(await screen.findByRole('link', { name: 'before-upgrade' })).toBeTruthy()
})

test('a snapshot is destroyed after its plan was shown', async () => {
  const { user, requests } = renderApp('/snapshots/tank%2Fhome')
  const [, second] = await screen.findAllByRole('button', { name: /^Destroy hourly/ })
  const name = second?.getAttribute('aria-label') ?? ''
  await user.click(second as HTMLElement)
  const dialog = await screen.findByRole('dialog', { name: 'Destroy a snapshot' })
  expect(await within(dialog).findByText('1.24 MiB')).toBeTruthy()
  await user.click(within(dialog).getByRole('button', { name: /^Destroy hourly/ }))
  await waitFor(() => expect(screen.queryByRole('button', { name })).toBeNull())
  expect(requests.find((request) => request.startsWith('DELETE'))).toMatch(/snapshots\/89999\?guid=89999$/)
})

test('a held snapshot can’t be destroyed, and the plan says why', async () => {
  const { user } = renderApp('/snapshots/tank%2Fhome')
  const buttons = await screen.findAllByRole('button', { name: /^Destroy hourly/ })
  await user.click(buttons[4] as HTMLElement)
  const dialog = await screen.findByRole('dialog')
  expect(await within(dialog).findByText(/Release the hold first/)).toBeTruthy()
  expect(within(dialog).getByRole<HTMLButtonElement>('button', { name: /^Destroy hourly/ }).disabled).toBe(
    true,
  )
})

test('a viewer can neither take nor destroy', async () => {
  renderApp('/snapshots/tank%2Fhome', 'vera')
  const take = await screen.findByRole<HTMLButtonElement>('button', { name: 'Take snapshot…' })
  expect(take.disabled).toBe(true)
  const [destroy] = await screen.findAllByRole<HTMLButtonElement>('button', { name: /^Destroy hourly/ })
  expect(destroy?.disabled).toBe(true)
})

test('datasets are filtered by typing', async () => {
  const { user } = renderApp('/snapshots/tank')
  await user.type(await screen.findByRole('textbox', { name: 'Filter datasets' }), 'MED')
  const nav = screen.getByRole('navigation', { name: 'Datasets' })
  expect(
    within(nav)
      .getAllByRole('link')
      .map((link) => link.textContent),
  ).toEqual(['tank/media'])
})
