import { screen, waitFor, within } from '@testing-library/react'
import { expect, test } from 'vitest'

import { snapshotsOf } from '../../mock/seed'
import { renderApp } from '../test/render-app'

const tags = snapshotsOf('tank/home').map(({ tag }) => tag)
const grid = () => screen.findByRole('grid', { name: 'Hits' })
const row = (name: RegExp) => screen.findByRole('row', { name })

/** Answers one kind of request otherwise. */
function answer(api: ReturnType<typeof renderApp>['api'], to: string, response: () => Response) {
  const { handle } = api
  api.handle = (request) =>
    new URL(request.url).pathname === to ? Promise.resolve(response()) : handle(request)
  return () => (api.handle = handle)
}

test('a hit: what was searched for is marked, its folders are links', async () => {
  const { user, address } = renderApp('/search?q=grusse%2063%20is%3Adeleted')
  const [hit] = await screen.findAllByRole('row', { name: /Grüße 63/ })
  if (hit === undefined) throw new Error('no hit')
  expect([...hit.querySelectorAll('mark')].map((mark) => mark.textContent)).toEqual(['Grüße', '63'])
  await user.click(within(hit).getByRole('link', { name: /^\d{4}$/ }))
  // It is deleted, so its folder is looked at when it still held it.
  await waitFor(() =>
    expect(address()).toMatch(/^\/files\/tank%2Fhome\?at=(hourly|daily)-[-\d]+&path=Years\/\d{4}$/),
  )
})

test('a deleted file says so, and is restored from where it last was', async () => {
  const { user } = renderApp('/search?q=thesis')
  const hit = await row(/Thesis/)
  expect(hit.textContent).toContain(`last in ${tags[0] ?? ''}`)
  expect(within(hit).getByText('Deleted')).toBeTruthy()
  await user.click(within(hit).getByRole('button', { name: 'Restore Thesis.md…' }))
  const dialog = await screen.findByRole('dialog', { name: 'Restore Thesis.md' })
  expect(within(dialog).getByText(`tank/home@${tags[0] ?? ''}`)).toBeTruthy()
  await user.click(await within(dialog).findByRole('button', { name: 'Restore Thesis.md' }))
  expect(await within(dialog).findByText('Succeeded')).toBeTruthy()
})

test('versions are a link to the file’s versions, a download leads to this version’s bytes', async () => {
  const { user, address } = renderApp('/search?q=thesis')
  const hit = await row(/Thesis/)
  const download = within(hit).getByRole('link', { name: 'Download Thesis.md' })
  expect(download.getAttribute('href')).toContain(
    `path=Documents%2FThesis.md&at=${tags[0] ?? ''}&download=true`,
  )
  await user.click(within(hit).getByRole('link', { name: /^\d versions of Thesis\.md$/ }))
  const versions = `/files/tank%2Fhome?at=${tags[0] ?? ''}&path=Documents&selected=Documents/Thesis.md`
  await waitFor(() => expect(address()).toBe(versions))
  expect(await screen.findByRole('list', { name: 'Versions' })).toBeTruthy()
})

test('facets count, choose, become chips and are in the address', async () => {
  const { user, address } = renderApp('/search?q=lake')
  await screen.findByText('480 files')
  await user.click(screen.getByRole('checkbox', { name: 'Deleted 54' }))
  expect(address()).toBe('/search?q=lake&state=deleted')
  expect(await screen.findByText('54 files')).toBeTruthy()
  // Of one facet any may hold, so the other choices keep their counts.
  await user.click(screen.getByRole('checkbox', { name: 'Live 426' }))
  expect(await screen.findByText('480 files')).toBeTruthy()
  expect(address()).toBe('/search?q=lake&state=deleted%2Clive')
  const chips = screen.getByRole('group', { name: 'Active filters' })
  await user.click(within(chips).getByRole('button', { name: 'Remove filter State: Live' }))
  expect(address()).toBe('/search?q=lake&state=deleted')
  await user.click(within(chips).getByRole('button', { name: 'Remove all filters' }))
  expect(address()).toBe('/search?q=lake')
})

test('order and every version are in the address', async () => {
  const { user, address } = renderApp('/search?q=notes')
  await row(/notes ?\.md ?tank/)
  await user.click(screen.getByRole('switch', { name: 'Every version' }))
  expect((await screen.findAllByText(/^\d versions$/)).length).toBeGreaterThan(0)
  await waitFor(() => expect(screen.getAllByText(/^earlier version, last in/).length).toBeGreaterThan(2))
  await user.click(screen.getByRole('combobox', { name: 'Order' }))
  await user.click(await screen.findByRole('option', { name: 'Smallest' }))
  expect(address()).toBe('/search?q=notes&group=version&sort=size')
  await waitFor(() => expect(screen.getAllByRole('row')[1]?.textContent).toContain('64 B'))
})

test('thousands of hits: an estimate, only the rows in sight, the next page on the way down', async () => {
  const { user, requests } = renderApp('/search?state=live')
  await screen.findByText(/^about \d,\d00 files$/)
  const hits = await grid()
  expect(hits.getAttribute('aria-rowcount')).toBe('-1')
  expect(within(hits).getAllByRole('row').length).toBeLessThan(60)
  hits.focus()
  await user.keyboard('{End}')
  await waitFor(() => expect(requests.some((request) => request.includes('cursor=100'))).toBe(true))
  const next = requests.find((request) => request.includes('cursor=100'))
  expect(next).not.toContain('facets=')
})

test('keys: arrows go, Space and Shift select, Enter opens', async () => {
  const { user, address } = renderApp('/search?q=is:deleted%20lake')
  const hits = await grid()
  hits.focus()
  await user.keyboard('{ArrowDown}{ArrowDown} ')
  const bar = screen.getByRole('region', { name: 'Tray' })
  expect(bar.textContent).toContain('1 file,')
  await user.keyboard('{Shift>}{ArrowDown}{ArrowDown}{/Shift}')
  expect(bar.textContent).toContain('3 files,')
  expect(within(hits).getAllByRole('row', { selected: true })).toHaveLength(3)
  const [active] = within(hits)
    .getAllByRole('row')
    .filter(({ id }) => id === hits.getAttribute('aria-activedescendant'))
  expect(active?.getAttribute('aria-rowindex')).toBe('5')
  await user.keyboard('{Enter}')
  await waitFor(() => expect(address()).toMatch(/^\/files\/tank%2Fhome\?at=.*&selected=Years/))
})

test('Shift and a click select all between; what is gathered outlives the search', async () => {
  const { user } = renderApp('/search?q=is:deleted%20lake')
  await grid()
  const boxes = screen.getAllByRole('checkbox', { name: /^Select Lake/ })
  await user.click(boxes[0] as HTMLElement)
  await user.keyboard('{Shift>}')
  await user.click(boxes[3] as HTMLElement)
  await user.keyboard('{/Shift}')
  const bar = screen.getByRole('region', { name: 'Tray' })
  expect(bar.textContent).toContain('4 files,')
  await user.clear(await screen.findByRole('combobox', { name: 'Search' }))
  expect(await screen.findByText('What you can type')).toBeTruthy()
  expect(bar.textContent).toContain('4 files,')
  await user.click(within(bar).getByRole('button', { name: 'Clear' }))
  expect(screen.queryByRole('region', { name: 'Tray' })).toBeNull()
})

test('a selection of several moments: one choice, a plan and a job for each', async () => {
  const { api, user } = renderApp('/search?q=is:deleted')
  const bodies: { at: string; paths: string[]; on_conflict: string }[] = []
  const { handle } = api
  api.handle = async (request) => {
    if (request.method === 'POST' && request.url.endsWith('/restores'))
      bodies.push((await request.clone().json()) as (typeof bodies)[number])
    return handle(request)
  }
  await user.click(await screen.findByRole('checkbox', { name: 'Select Thesis.md' }))
  await user.click(screen.getByRole('checkbox', { name: 'Select draft-1.md' }))
  const bar = screen.getByRole('region', { name: 'Tray' })
  await user.click(within(bar).getByRole('button', { name: 'Restore…' }))
  const dialog = await screen.findByRole('dialog', { name: 'Restore 2 items' })
  await user.click(within(dialog).getByRole('radio', { name: 'Replace' }))
  await user.click(await within(dialog).findByRole('button', { name: 'Restore 2 files, replace 1' }))
  await waitFor(() => expect(within(dialog).getAllByText('Succeeded')).toHaveLength(2))
  expect(bodies.map(({ paths }) => paths)).toEqual([['Old%20drafts/draft-1.md'], ['Documents/Thesis.md']])
  expect(new Set(bodies.map(({ at }) => at)).size).toBe(2)
  expect(bodies.map(({ on_conflict }) => on_conflict)).toEqual(['overwrite', 'overwrite'])
  await user.click(within(dialog).getByRole('button', { name: 'Done' }))
})

test('one plan that is out of date does not keep the others, and stays to be started again', async () => {
  const { api, user } = renderApp('/search?q=is:deleted')
  const { handle } = api
  let stale = true
  api.handle = async (request) => {
    if (stale && request.method === 'POST' && request.url.endsWith('/restores')) {
      stale = false
      const detail = 'The plan is out of date.'
      const body = { type: '', title: '', status: 409, code: 'plan_stale', detail, request_id: '' }
      return Response.json(body, { status: 409 })
    }
    return handle(request)
  }
  await user.click(await screen.findByRole('checkbox', { name: 'Select Thesis.md' }))
  await user.click(screen.getByRole('checkbox', { name: 'Select draft-1.md' }))
  await user.click(
    within(screen.getByRole('region', { name: 'Tray' })).getByRole('button', { name: 'Restore…' }),
  )
  const dialog = await screen.findByRole('dialog', { name: 'Restore 2 items' })
  await user.click(
    await within(dialog).findByRole('button', { name: 'Restore 2 files, keep both where 1 exists' }),
  )
  expect(await within(dialog).findByText(/Something changed meanwhile/)).toBeTruthy()
  expect(await within(dialog).findAllByText('Succeeded')).toHaveLength(1)
  await user.click(await within(dialog).findByRole('button', { name: 'Restore draft-1.md, keep both' }))
  await waitFor(() => expect(within(dialog).getAllByText('Succeeded')).toHaveLength(2))
})

test('what was not understood is underlined and explained', async () => {
  renderApp('/search?q=lake%20size:%3Ebanana')
  const note = (await screen.findByText(/is no size/)).closest('[role=note]')
  expect(note?.querySelector('mark')?.textContent).toBe('size:>banana')
})

test('what can’t be asked keeps the earlier hits and says where it is wrong', async () => {
  const { user } = renderApp('/search?q=notes')
  await row(/notes ?\.md ?tank/)
  await user.type(await screen.findByRole('combobox', { name: 'Search' }), ' at:nosuch')
  const alert = await screen.findByRole('alert')
  expect(alert.textContent).toContain('There is no snapshot nosuch')
  expect(alert.querySelector('mark')?.textContent).toBe('at:nosuch')
  expect(screen.getByRole('row', { name: /notes ?\.md ?tank/ })).toBeTruthy()
})

test('search that is away says so plainly, and comes back', async () => {
  const { api, user } = renderApp('/search?q=notes', null)
  api.signIn('admin')
  const detail = 'Meilisearch does not answer.'
  const back = answer(api, '/api/v1/search', () =>
    Response.json(
      { type: '', title: '', status: 503, code: 'search_unavailable', detail, request_id: '' },
      { status: 503 },
    ),
  )
  const alert = await screen.findByRole('alert')
  expect(alert.textContent).toContain('Search is not available now.')
  expect(alert.textContent).toContain(detail)
  back()
  await user.click(within(alert).getByRole('button', { name: 'Try again' }))
  expect(await row(/notes ?\.md ?tank/)).toBeTruthy()
})

test('nothing found says what may help', async () => {
  const { user, address } = renderApp('/search?q=zzzz&category=video')
  expect(await screen.findByText('Nothing was found')).toBeTruthy()
  // What was chosen is still there to be taken back.
  expect(screen.getByRole<HTMLInputElement>('checkbox', { name: 'Videos 0' }).checked).toBe(true)
  await user.click(screen.getAllByRole('button', { name: 'Remove all filters' })[1] as HTMLElement)
  expect(address()).toBe('/search?q=zzzz')
})

test('what is not indexed yet is said in words, with the way to the index', async () => {
  renderApp('/search?q=lake')
  const note = (await screen.findByText(/37 snapshots are not indexed yet/)).closest('[role=note]')
  expect(
    within(note as HTMLElement)
      .getByRole('link')
      .getAttribute('href'),
  ).toBe('/index')
})

test('a file of another host is shown, but can be neither opened nor restored', async () => {
  renderApp('/search?q=notes&host=attic')
  const hit = await row(/notes\.md/)
  expect(hit.textContent).toContain('on attic')
  expect(within(hit).queryByRole('link')).toBeNull()
  expect(within(hit).queryByRole('button')).toBeNull()
  expect(within(hit).getByRole<HTMLInputElement>('checkbox').disabled).toBe(true)
})

test('a search is saved under a name, opened and deleted', async () => {
  const { user, address, router } = renderApp('/search?q=lake&state=deleted&sort=-size')
  await grid()
  await user.click(screen.getByRole('button', { name: 'Saved searches' }))
  await user.click(await screen.findByRole('button', { name: 'Save this search…' }))
  const dialog = await screen.findByRole('dialog', { name: 'Save this search' })
  const name = within(dialog).getByRole('textbox', { name: /Name/ })
  await user.clear(name)
  await user.type(name, 'Lost lakes')
  await user.click(within(dialog).getByRole('button', { name: 'Save search' }))
  await waitFor(() => expect(screen.queryByRole('dialog', { name: 'Save this search' })).toBeNull())

  await router.navigate('/search')
  await user.click(screen.getByRole('button', { name: 'Saved searches' }))
  await user.click(await screen.findByRole('link', { name: 'Lost lakes' }))
  expect(address()).toBe('/search?q=lake&sort=-size&state=deleted')
  await user.click(screen.getByRole('button', { name: 'Saved searches' }))
  await user.click(await screen.findByRole('button', { name: 'Delete the saved search Lost lakes' }))
  expect(await screen.findByText(/^None yet/)).toBeTruthy()
})

test('a viewer gathers, but is told why restoring is not offered', async () => {
  const { user } = renderApp('/search?q=thesis', 'vera')
  const hit = await row(/Thesis/)
  const restore = within(hit).getByRole<HTMLButtonElement>('button', { name: 'Restore Thesis.md…' })
  expect(restore.disabled).toBe(true)
  expect(restore.title).toBe('Needs the role operator; yours is viewer.')
  await user.click(within(hit).getByRole('checkbox'))
  const bar = screen.getByRole('region', { name: 'Tray' })
  expect(within(bar).getByRole<HTMLButtonElement>('button', { name: 'Restore…' }).disabled).toBe(true)
})
