import { screen, waitFor, within } from '@testing-library/react'
import { expect, test } from 'vitest'

import { renderApp } from '../test/render-app'

const rowOf = async (name: string) =>
  (await screen.findByRole('link', { name })).closest('tr') as HTMLTableRowElement

test('coverage in one sentence; each dataset with its state in words', async () => {
  renderApp('/index')
  const media = await rowOf('tank/media')
  expect(
    screen.getByText(/^37 of 201 snapshots not yet indexed · 1 could not be read · live as of/),
  ).toBeTruthy()
  expect(await within(media).findByText(/1,200 files\/s · about 3 min left/)).toBeTruthy()
  expect(within(media).getByText('Running')).toBeTruthy()
  expect((await rowOf('tank/secret')).textContent).toContain('Can’t be reached')
  expect((await rowOf('tank/home')).textContent).toMatch(/zfs diff · 3,011 objects.*Not by kernel’s list/)
})

test('a dataset is indexed now, and the job can be canceled', async () => {
  const { user, requests } = renderApp('/index')
  await user.click(within(await rowOf('tank')).getByRole('button', { name: 'Index tank now' }))
  await user.click(await within(await rowOf('tank')).findByRole('button', { name: 'Cancel' }))
  await waitFor(async () => expect((await rowOf('tank')).textContent).toContain('Waiting'))
  expect(requests.some((request) => request.startsWith('POST') && request.endsWith('/index/tank'))).toBe(true)
})

test('the interval is chosen per dataset', async () => {
  const { api, user } = renderApp('/index')
  const bodies: unknown[] = []
  const { handle } = api
  api.handle = async (request) => {
    if (request.method === 'PATCH') bodies.push(await request.clone().json())
    return handle(request)
  }
  await user.click(await screen.findByRole('combobox', { name: 'Interval of tank/home' }))
  await user.click(await screen.findByRole('option', { name: '15 min' }))
  await waitFor(() => expect(bodies).toEqual([{ live_interval: 900 }]))
  await user.click(screen.getByRole('combobox', { name: 'Interval of tank/media' }))
  await user.click(await screen.findByRole('option', { name: 'Default (5 min)' }))
  await waitFor(() => expect(bodies[1]).toEqual({ live_interval: null }))
})

test('details: runs, findings, failed snapshots; from scratch only after it was confirmed', async () => {
  const { user, requests, address } = renderApp('/index')
  await user.click(await screen.findByRole('link', { name: 'tank/home' }))
  const drawer = await screen.findByRole('dialog', { name: 'Index of tank/home' })
  expect(address()).toBe('/index?dataset=tank/home')
  expect(await within(drawer).findByText('/Pictures/broken.raw')).toBeTruthy()
  expect(within(drawer).getByText('daily-2026-11-09')).toBeTruthy()

  await user.click(within(drawer).getByRole('button', { name: 'Index from scratch…' }))
  const dialog = await screen.findByRole('dialog', { name: 'Index tank/home from scratch' })
  expect(dialog.textContent).toContain('67 snapshots in all')
  expect(requests.some((request) => request.startsWith('POST'))).toBe(false)
  await user.click(within(dialog).getByRole('button', { name: 'Index tank/home from scratch' }))
  expect(await within(drawer).findByText('Running')).toBeTruthy()
})

test('a dataset is excluded and then can’t be indexed', async () => {
  const { user } = renderApp('/index?dataset=tank')
  await user.click(await screen.findByRole('button', { name: 'Exclude' }))
  expect(await screen.findByRole('button', { name: 'Include' })).toBeTruthy()
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Index now' }).disabled).toBe(true)
})

test('a viewer reads only', async () => {
  renderApp('/index', 'vera')
  const now = within(await rowOf('tank')).getByRole<HTMLButtonElement>('button', { name: 'Index tank now' })
  expect(now.disabled).toBe(true)
  expect(screen.queryByRole('combobox', { name: /^Interval/ })).toBeNull()
  expect((await rowOf('tank/media')).textContent).toContain('15 min')
})

test('Home says what is not indexed, and leads there', async () => {
  const { user, address } = renderApp('/')
  expect(await screen.findByText(/tank\/secret can’t be reached to index it\.$/)).toBeTruthy()
  await user.click(screen.getByRole('link', { name: 'See the index' }))
  expect(address()).toBe('/index')
})

test('activity is filtered by kind, in the address', async () => {
  const { user, requests, address } = renderApp('/activity')
  expect(await screen.findByRole('link', { name: 'Index tank/media' })).toBeTruthy()
  await user.click(screen.getByRole('combobox', { name: 'Kind' }))
  await user.click(await screen.findByRole('option', { name: 'Restores' }))
  expect(address()).toBe('/activity?kind=restore')
  expect(await screen.findByText('No such job is known')).toBeTruthy()
  expect(requests.at(-1)).toContain('kind=restore')
})

test('a job of indexing tells what it came to', async () => {
  renderApp('/activity/index-0')
  const outcome = await screen.findByRole('region', { name: 'Outcome' })
  expect(outcome.textContent).toContain('1,204 looked at, 12 gone')
})
