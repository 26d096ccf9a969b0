import { cleanup, screen, waitFor, within } from '@testing-library/react'
import { expect, test, vi } from 'vitest'

import { snapshotsOf } from '../../mock/seed'
import { intercept, refused } from '../test/api-tools'
import { renderApp } from '../test/render-app'

const [newest] = snapshotsOf('tank/home')
const tag = newest?.tag ?? ''
const DOCUMENTS = `/files/tank%2Fhome?at=${tag}&path=Documents`
const TAX = `${DOCUMENTS}&selected=Documents/Tax%2520return%25202025.pdf`

const bar = () => screen.findByRole('region', { name: 'Tray' })
const gather = async (user: ReturnType<typeof renderApp>['user']) =>
  user.click(await screen.findByRole('button', { name: 'Add to the tray' }))

test('a file and a folder of a moment are gathered, outlive the page and its loading again', async () => {
  const { user, router } = renderApp(TAX)
  await gather(user)
  expect((await bar()).textContent).toContain('1 file, 180 KiB')
  await router.navigate(`/files/tank%2Fhome?at=${tag}&selected=Documents`)
  await gather(user)
  expect((await bar()).textContent).toContain('1 file, 180 KiB, and 1 folder')
  expect(screen.getByRole('button', { name: 'Remove from the tray' })).toBeTruthy()
  await router.navigate('/activity')
  expect((await bar()).textContent).toContain('1 folder')

  cleanup()
  renderApp('/')
  expect((await bar()).textContent).toContain('1 file, 180 KiB, and 1 folder')
})

test('the list tells from where, and single things are removed', async () => {
  const { user, router } = renderApp(TAX)
  await gather(user)
  await router.navigate('/files/tank%2Fhome?selected=notes.md')
  await gather(user)
  await user.click(within(await bar()).getByRole('button', { name: /show what is in the tray/ }))
  const list = await screen.findByRole('dialog', { name: /show what is in the tray/ })
  expect(within(list).getByRole('region', { name: `tank/home@${tag}` }).textContent).toContain('/Documents')
  expect(within(list).getByRole('region', { name: 'tank/home' }).textContent).toContain('Now')
  await user.click(within(list).getByRole('button', { name: 'Remove Tax return 2025.pdf from the tray' }))
  expect((await bar()).textContent).toContain('1 file, 214 B')
  await waitFor(() =>
    expect(document.activeElement?.getAttribute('aria-label')).toBe('Remove notes.md from the tray'),
  )
  await user.click(within(list).getByRole('button', { name: 'Remove notes.md from the tray' }))
  await waitFor(() => expect(screen.queryByRole('region', { name: 'Tray' })).toBeNull())
})

test('a version is gathered from the newest snapshot that holds it', async () => {
  const { api, user } = renderApp('/files/tank%2Fhome?selected=notes.md')
  const plans = intercept(api, 'POST restores/plan', (_, usual) => usual())
  const list = await screen.findByRole('list', { name: 'Versions' })
  const [, second] = within(list).getAllByRole('button', { name: /^Add the version .* to the tray/ })
  await user.click(second as HTMLElement)
  await user.click(within(await bar()).getByRole('button', { name: 'Restore…' }))
  await screen.findByRole('dialog', { name: 'Restore notes.md' })
  await waitFor(() =>
    expect(plans[0]).toMatchObject({ at: snapshotsOf('tank/home')[9]?.tag, paths: ['notes.md'] }),
  )
})

test('a deleted folder is found, gathered and restored; what is back leaves the tray', async () => {
  const { user } = renderApp('/search?q=old%20drafts%20is:deleted')
  await user.click(await screen.findByRole('checkbox', { name: 'Select Old drafts' }))
  const tray = await bar()
  expect(tray.textContent).toContain('1 folder')
  await user.click(within(tray).getByRole('button', { name: 'Restore…' }))
  const dialog = await screen.findByRole('dialog', { name: 'Restore Old drafts' })
  await user.click(
    await within(dialog).findByRole('button', {
      name: 'Restore Old drafts with 1 file, keep both where 1 exists',
    }),
  )
  expect(await within(dialog).findByText('2 restored')).toBeTruthy()
  await waitFor(() => expect(screen.queryByRole('region', { name: 'Tray' })).toBeNull())
  expect(within(dialog).getByRole('button', { name: 'Undo…' })).toBeTruthy()
  // The dialog is the frame’s, not the page’s: the way to another page has to close it.
  await user.click(within(dialog).getByRole('link', { name: 'Show the job' }))
  await screen.findByRole('heading', { name: 'Log' })
  expect(screen.queryByRole('dialog')).toBeNull()
})

test('signing out empties it', async () => {
  const { user } = renderApp(TAX)
  await gather(user)
  await bar()
  await user.click(screen.getByRole('button', { name: 'User admin' }))
  await user.click(await screen.findByRole('button', { name: 'Sign out' }))
  await screen.findByRole('button', { name: 'Sign in' })
  expect(sessionStorage.length).toBe(0)
})

test('what is live is downloaded only', async () => {
  const { user } = renderApp('/files/tank%2Fhome?selected=notes.md')
  await gather(user)
  const restore = within(await bar()).getByRole<HTMLButtonElement>('button', { name: 'Restore…' })
  expect(restore.disabled).toBe(true)
  expect(restore.parentElement?.title).toContain('What is gathered is live')
})

test('all of it is downloaded as one archive', async () => {
  const { api, user, router } = renderApp(TAX)
  const asked = intercept(api, 'POST downloads', (_, usual) => usual())
  const followed: string[] = []
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
    followed.push(this.getAttribute('href') ?? '')
  })
  await gather(user)
  await router.navigate('/files/tank%2Fhome?selected=notes.md')
  await gather(user)
  await user.click(within(await bar()).getByRole('button', { name: 'Download' }))
  await user.click(await screen.findByRole('button', { name: /^As \.tar\.zst/ }))
  await waitFor(() => expect(followed).toEqual(['/api/v1/downloads/mock/NASMan.tar.zst']))
  expect(asked).toEqual([
    {
      format: 'tar.zst',
      items: [
        { dataset: 'tank/home', at: newest?.guid, paths: ['Documents/Tax%20return%202025.pdf'] },
        { dataset: 'tank/home', paths: ['notes.md'] },
      ],
    },
  ])
  vi.restoreAllMocks()
})

test('a download that is refused says why', async () => {
  const { api, user } = renderApp(TAX)
  intercept(api, 'POST downloads', () => refused(404, 'snapshot_not_found', 'That snapshot is gone.'))
  await gather(user)
  await user.click(within(await bar()).getByRole('button', { name: 'Download' }))
  await user.click(await screen.findByRole('button', { name: /^As \.zip/ }))
  const menu = screen.getByRole('dialog', { name: 'Download' })
  expect((await within(menu).findByRole('alert')).textContent).toContain('That snapshot is gone.')
})
