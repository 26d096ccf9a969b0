import { screen, waitFor, within } from '@testing-library/react'
import { expect, test } from 'vitest'

import { snapshotsOf } from '../../mock/seed'
import { renderApp } from '../test/render-app'

const HOME = '/files/tank%2Fhome'
const tags = snapshotsOf('tank/home').map(({ tag }) => tag)
const then = tags[3] ?? ''

test('a folder in the past says what became of each entry, and what came since when asked', async () => {
  const { user, address, requests } = renderApp(`${HOME}?at=${then}`)
  const row = await screen.findByRole('row', { name: /notes.md/ })
  expect(within(row).getByText('Changed since')).toBeTruthy()
  expect(screen.getByText(/1 changed since/)).toBeTruthy()
  expect(screen.queryByRole('row', { name: /shopping/ })).toBeNull()

  await user.click(screen.getByRole('switch', { name: 'Show added since' }))
  expect(address()).toBe(`${HOME}?at=${then}&added=1`)
  const added = await screen.findByRole('row', { name: /shopping/ })
  expect(within(added).getByText('Added since')).toBeTruthy()
  expect(requests.some((request) => request.includes('compare=live&added=true'))).toBe(true)
})

test('what was deleted since is restored from its row', async () => {
  const { user } = renderApp(`${HOME}?path=Documents&at=${then}`)
  const row = await screen.findByRole('row', { name: /Thesis/ })
  expect(within(row).getByText('Deleted since')).toBeTruthy()
  await user.click(within(row).getByRole('button', { name: 'Restore Thesis.md…' }))
  expect(await screen.findByRole('dialog', { name: 'Restore Thesis.md' })).toBeTruthy()
})

test('now is compared with nothing', async () => {
  const { requests } = renderApp(HOME)
  await screen.findByRole('row', { name: /notes.md/ })
  expect(screen.queryByRole('switch', { name: 'Show added since' })).toBeNull()
  expect(requests.some((request) => request.includes('compare'))).toBe(false)
})

test('the time line says where it is, and keys lead along it', async () => {
  const { user, address } = renderApp(HOME)
  const line = await screen.findByRole('slider', { name: 'Time line' })
  expect(line.getAttribute('aria-valuetext')).toBe('Now')
  line.focus()
  await user.keyboard('{Home}')
  expect(address()).toContain(`at=${tags.at(-1) ?? ''}`)
  expect(line.getAttribute('aria-valuetext')).toMatch(/^\d+ \w+ 2\d{3}, \d\d:\d\d, daily-/)
  await user.keyboard('{End}')
  expect(address()).toBe(HOME)
})

test('rows are selected by keys and by checkbox, and handed on together', async () => {
  const { user } = renderApp(`${HOME}?path=Documents&at=${then}`)
  const grid = await screen.findByRole('grid', { name: 'Documents' })
  await screen.findByRole('row', { name: /Tax return/ })
  grid.focus()
  await user.keyboard('{ArrowDown} {Shift>}{ArrowDown}{ArrowDown}{/Shift}')
  const bar = await screen.findByRole('region', { name: 'Selection' })
  expect(bar.textContent).toContain('3 items selected')
  await user.keyboard('{Control>}a{/Control}')
  await waitFor(() => expect(bar.textContent).toContain('5 items selected'))
  await user.keyboard('{Escape}')
  expect(screen.queryByRole('region', { name: 'Selection' })).toBeNull()

  await user.click(screen.getByRole('checkbox', { name: 'Select Thesis.md' }))
  await user.click(screen.getByRole('checkbox', { name: 'Select Tax return 2025.pdf' }))
  await user.click(
    within(await screen.findByRole('region', { name: 'Selection' })).getByRole('button', {
      name: 'Restore…',
    }),
  )
  expect(await screen.findByRole('dialog')).toBeTruthy()
})

test('a changed file is compared with now, line by line, and the address says so', async () => {
  const { user, address } = renderApp(`${HOME}?at=${then}&selected=notes.md`)
  await user.click(await screen.findByRole('button', { name: 'Compare with now' }))
  expect(address()).toBe(`${HOME}?at=${then}&selected=notes.md&compare=${then}%2C`)
  const dialog = await screen.findByRole('dialog', { name: 'Compare notes.md' })
  expect(await within(dialog).findByText('1 line removed, 5 lines added.')).toBeTruthy()
  const table = within(dialog).getByRole('table', { name: 'Comparison' })
  expect(within(table).getAllByText('longer')).toHaveLength(1)
  await user.click(within(table).getAllByRole('button', { name: /that are the same/ })[0] as HTMLElement)
  expect(within(table).getAllByText('The first line of a file.')).toHaveLength(2)
  await user.click(within(dialog).getByRole('button', { name: 'Close' }))
  expect(address()).toBe(`${HOME}?at=${then}&selected=notes.md`)
})

test('any version is compared from the history, which says what was held longest', async () => {
  const { user, address } = renderApp(`${HOME}?selected=notes.md`)
  const list = await screen.findByRole('list', { name: 'Versions' })
  expect(within(list).getAllByText('· held longest')).toHaveLength(1)
  expect(screen.getByText(/^First seen .* last seen now · held by 67 snapshots$/)).toBeTruthy()
  const [first] = within(list).getAllByRole('button', {
    name: /^Compare the version of .* with the one before/,
  })
  await user.click(first as HTMLElement)
  expect(address()).toContain(`compare=${tags[9] ?? ''}%2C`)
})

test('Markdown is shown as it is meant, without what HTML it holds', async () => {
  const { user } = renderApp(`${HOME}?selected=notes.md`)
  const region = await screen.findByRole('region', { name: 'File content' })
  expect(await within(region).findByRole('heading', { name: 'Notes' })).toBeTruthy()
  expect(region.textContent).not.toContain('Written in HTML')
  await user.click(screen.getByText('Text'))
  const source = await screen.findByLabelText('File content')
  expect(source.tagName).toBe('PRE')
  expect(source.textContent).toContain('<p>Written in HTML.</p>')
})

test('changes are summed up by kind', async () => {
  renderApp(`${HOME}?at=${then}&changes=1`)
  const sums = await screen.findByRole('list', { name: 'Changes by kind' })
  expect(within(sums).getAllByRole('listitem')).toHaveLength(5)
  expect(sums.textContent).toContain('1 modified, 180 KiB')
})
