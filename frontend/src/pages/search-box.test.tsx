import { screen, waitFor, within } from '@testing-library/react'
import { expect, test } from 'vitest'

import { renderApp } from '../test/render-app'

const box = () => screen.findByRole<HTMLInputElement>('combobox', { name: 'Search' })

test('a slash leads into the box on every page, Escape out of it, Enter to the hits', async () => {
  const { user, address } = renderApp('/activity')
  const field = await box()
  await user.keyboard('/')
  expect(document.activeElement).toBe(field)
  expect(field.value).toBe('')
  await user.keyboard('{Escape}')
  expect(document.activeElement).not.toBe(field)
  await user.keyboard('/')
  await user.keyboard('notes{Enter}')
  expect(await screen.findByRole('row', { name: /notes ?\.md ?tank/ })).toBeTruthy()
  expect(address()).toBe('/search?q=notes')
})

test('in a field a slash is a slash', async () => {
  const { user } = renderApp('/settings/password')
  const field = await screen.findByLabelText<HTMLInputElement>(/^Current password/)
  await user.click(field)
  await user.keyboard('a/b')
  expect(field.value).toBe('a/b')
})

test('suggestions: arrows choose, Enter takes it in place of what was typed', async () => {
  const { user, address } = renderApp('/')
  const field = await box()
  await user.type(field, 'lake ext:m')
  const list = await screen.findByRole('listbox', { name: 'Suggestions' })
  const option = await within(list).findByRole('option', { name: /ext:mkv/ })
  expect(field.getAttribute('aria-expanded')).toBe('true')
  expect(field.getAttribute('aria-activedescendant')).toBeNull()
  await user.keyboard('{ArrowDown}')
  expect(field.getAttribute('aria-activedescendant')).toBe(option.id)
  expect(option.getAttribute('aria-selected')).toBe('true')
  await user.keyboard('{Enter}')
  expect(field.value).toBe('lake ext:mkv ')
  // A filter is only a part of a search; nothing was searched yet.
  expect(address()).toBe('/')
})

test('a name that is suggested is searched for', async () => {
  const { user, address } = renderApp('/')
  await user.type(await box(), 'thes')
  await user.click(await screen.findByRole('option', { name: 'Thesis.md' }))
  expect(address()).toBe('/search?q=%22Thesis.md%22')
  expect(await screen.findByRole('row', { name: /Thesis\.md/ })).toBeTruthy()
})

test('Escape closes the suggestions first', async () => {
  const { user } = renderApp('/')
  const field = await box()
  await user.type(field, 'ext:')
  await screen.findByRole('option', { name: /ext:mkv/ })
  await user.keyboard('{Escape}')
  expect(screen.queryByRole('option')).toBeNull()
  expect(document.activeElement).toBe(field)
  await user.keyboard('{Escape}')
  expect(document.activeElement).not.toBe(field)
})

test('hits appear while one types; the way back leads to what was asked for with Enter', async () => {
  const { user, address, requests, router } = renderApp('/search?q=notes')
  await screen.findByRole('row', { name: /notes ?\.md ?tank/ })
  const field = await box()
  await user.clear(field)
  await user.type(field, 'dusk')
  expect(await screen.findByRole('row', { name: /dusk\.png/ })).toBeTruthy()
  expect(address()).toBe('/search?q=dusk')
  // Not one request for each letter.
  const searches = requests.filter((request) => request.includes('/search?'))
  expect(searches.length).toBeLessThan(5)

  await user.type(field, '{Enter}')
  await user.clear(field)
  await user.type(field, 'song')
  expect(await screen.findByRole('row', { name: /song\.flac/ })).toBeTruthy()
  await waitFor(() => expect(address()).toBe('/search?q=song'))
  await router.navigate(-1)
  await waitFor(() => expect(address()).toBe('/search?q=dusk'))
  await waitFor(() => expect(field.value).toBe('dusk'))
  await router.navigate(-1)
  await waitFor(() => expect(address()).toBe('/search?q=notes'))
  await waitFor(() => expect(field.value).toBe('notes'))
})

test('while the next hits are on their way, those of before stay', async () => {
  const { api, user } = renderApp('/search?q=notes')
  await screen.findByRole('row', { name: /notes ?\.md ?tank/ })
  const { handle } = api
  let release = () => {}
  const held = new Promise<void>((resolve) => (release = resolve))
  api.handle = async (request) => {
    if (request.url.includes('q=dusk')) await held
    return handle(request)
  }
  const field = await box()
  await user.clear(field)
  await user.type(field, 'dusk')
  await waitFor(() =>
    expect(screen.getByRole('grid', { name: 'Hits' }).getAttribute('aria-busy')).toBe('true'),
  )
  expect(screen.getByRole('row', { name: /notes ?\.md ?tank/ })).toBeTruthy()
  release()
  expect(await screen.findByRole('row', { name: /dusk\.png/ })).toBeTruthy()
})
