import { screen, waitFor, within } from '@testing-library/react'
import { expect, test } from 'vitest'

import { snapshotsOf } from '../../mock/seed'
import type { Job, Restore, RestoredItem } from '../api/types'
import { intercept, refused, withPlan } from '../test/api-tools'
import { renderApp } from '../test/render-app'

const [newest] = snapshotsOf('tank/home')
const at = newest?.tag ?? ''
const FOLDER = `/files/tank%2Fhome?at=${at}&selected=Documents`
const THESIS = `/files/tank%2Fhome?at=${at}&path=Documents&selected=Documents/Thesis.md`

type App = ReturnType<typeof renderApp>

async function openDialog({ user }: App) {
  const button = await screen.findByRole<HTMLButtonElement>('button', { name: 'Restore…' })
  await waitFor(() => expect(button.disabled).toBe(false))
  await user.click(button)
  return screen.findByRole('dialog')
}

async function restoreThesis(app: App) {
  const dialog = await openDialog(app)
  await app.user.click(await within(dialog).findByRole('button', { name: 'Restore Thesis.md' }))
  return dialog
}

test('a folder’s plan lists conflicts, and a choice for one of them is sent', async () => {
  const app = renderApp(FOLDER)
  const plans = intercept(app.api, 'POST restores/plan', (_, usual) => usual())
  const starts = intercept(app.api, 'POST restores', (_, usual) => usual())
  const dialog = await openDialog(app)
  const conflicts = await within(dialog).findByRole('list', { name: 'Conflicts' })
  expect(within(conflicts).getAllByRole('listitem')).toHaveLength(3)
  expect(conflicts.textContent).toContain('Tax return 2025.pdf is put beside it')
  await screen.findByRole('button', { name: 'Restore Documents with 4 files, keep both where 3 exist' })

  const choice = within(conflicts).getByRole('combobox', { name: 'What to do with Tax return 2025.pdf' })
  await app.user.selectOptions(choice, 'Replace')
  const button = 'Restore Documents with 4 files, keep both where 2 exist, replace 1'
  await app.user.click(await within(dialog).findByRole('button', { name: button }))
  await within(dialog).findByRole('list', { name: 'Outcome' })
  const choices = [{ path: 'Documents/Tax%20return%202025.pdf', on_conflict: 'overwrite' }]
  expect(plans[0]).not.toHaveProperty('choices')
  expect(starts).toEqual([expect.objectContaining({ paths: ['Documents'], on_conflict: 'rename', choices })])
})

test('what was added since is moved aside, setuid kept, where that is asked for', async () => {
  const app = renderApp(FOLDER)
  const plans = intercept(app.api, 'POST restores/plan', (_, usual) => usual())
  const dialog = await openDialog(app)
  await app.user.click(await within(dialog).findByText('1 entry was added since and stays'))
  expect(within(dialog).getByRole('list', { name: 'Added since' }).textContent).toBe(
    '/Documents/New plan.odt',
  )
  expect(within(dialog).getByText(/setuid of 2/)).toBeTruthy()
  await app.user.click(within(dialog).getByRole('radio', { name: 'Move it aside' }))
  await app.user.click(within(dialog).getByText('More'))
  await app.user.click(within(dialog).getByRole('checkbox', { name: /^Keep setuid/ }))
  await within(dialog).findByRole('button', { name: /move 1 aside$/ })
  await waitFor(() => expect(plans.at(-1)).toMatchObject({ added_since: 'move_aside', keep_setid: true }))

  // Elsewhere there is nothing that could be in the way of how it was.
  await app.user.click(within(dialog).getByRole('radio', { name: 'Another folder' }))
  expect(within(dialog).queryByRole('radio', { name: 'Move it aside' })).toBeNull()
  await waitFor(() => expect(plans.at(-1)).toMatchObject({ to: { dataset: 'tank/home', path: '' } }))
  expect(plans.at(-1)).not.toHaveProperty('added_since')
})

test('the policies by age and difference are asked for', async () => {
  const app = renderApp(FOLDER)
  const plans = intercept(app.api, 'POST restores/plan', (_, usual) => usual())
  const dialog = await openDialog(app)
  await app.user.click(within(dialog).getByRole('radio', { name: 'Replace if older' }))
  await within(dialog).findByRole('button', { name: 'Restore Documents with 1 file, skip 3' })
  await app.user.click(within(dialog).getByRole('radio', { name: 'Replace if different' }))
  await within(dialog).findByRole('button', { name: 'Restore Documents with 4 files, replace 3' })
  expect(plans.map((plan) => (plan as { on_conflict: string }).on_conflict)).toEqual([
    'rename',
    'overwrite_older',
    'overwrite_different',
  ])
})

test('a plan tells of refusals, of what is copied and of space that lacks', async () => {
  const app = renderApp(THESIS)
  withPlan(app.api, ({ items }) => ({
    refused: {
      count: 3,
      items: items.map((item) => ({ ...item, path: 'x', action: 'refused', detail: 'It is a device.' })),
    },
    clone_bytes: 1024,
    copy_bytes: 4096,
    available: 1024,
    warnings: ['The pool is nearly full.'],
  }))
  const dialog = await openDialog(app)
  const refusals = await within(dialog).findByRole('list', { name: 'Refused' })
  expect(refusals.textContent).toBe('x It is a device.and 2 more')
  within(dialog).getByRole('button', { name: 'Restore Thesis.md' })
  const plan = within(dialog).getByRole('region', { name: 'Plan' })
  expect(plan.textContent).toContain('4.00 KiB are copied and need as much space; 1.00 KiB are free there.')
  expect(plan.textContent).toContain('There is not enough space: 3.00 KiB are missing.')
  expect(plan.textContent).toContain('The pool is nearly full.')
})

test('a plan that can’t be made says why, and is asked for again', async () => {
  const app = renderApp(THESIS)
  let broken = true
  intercept(app.api, 'POST restores/plan', (_, usual) =>
    broken ? refused(409, 'files_unreachable', 'tank/home is not mounted. Mount it.') : usual(),
  )
  const dialog = await openDialog(app)
  const alert = await within(dialog).findByRole('alert')
  expect(alert.textContent).toContain('tank/home is not mounted. Mount it.')
  expect(within(dialog).getByRole<HTMLButtonElement>('button', { name: 'Restore' }).disabled).toBe(true)
  broken = false
  await app.user.click(within(alert).getByRole('button', { name: 'Try again' }))
  expect(await within(dialog).findByRole('button', { name: 'Restore Thesis.md' })).toBeTruthy()
})

test('a job that runs shows how far it is, and is canceled', async () => {
  const app = renderApp(THESIS)
  let state: Partial<Job> = {
    state: 'processing',
    cancelable: true,
    progress: { done: 1_048_576, total: 4_194_304, unit: 'bytes', message: 'Thesis.md' },
    rate: 524_288,
    remaining: 6,
    result: null,
  }
  intercept(app.api, 'GET jobs/*', async (_, usual) =>
    Response.json({ ...((await (await usual()).json()) as Job), ...state }),
  )
  intercept(app.api, 'POST restores', async (_, usual) =>
    Response.json({ ...((await (await usual()).json()) as Job), ...state }, { status: 202 }),
  )
  const canceled = intercept(app.api, 'DELETE jobs/*', (_, usual) => {
    state = { state: 'canceled', cancelable: false, result: null }
    return usual()
  })
  const dialog = await restoreThesis(app)
  expect(await within(dialog).findByText(/1\.00 MiB of 4\.00 MiB · 512 KiB\/s · .* left/)).toBeTruthy()
  expect(within(dialog).getByText(/^This may be closed/)).toBeTruthy()
  await app.user.click(within(dialog).getByRole('button', { name: 'Cancel the job' }))
  expect(await within(dialog).findByText('Canceled')).toBeTruthy()
  expect(canceled).toHaveLength(1)
  expect(within(dialog).getByRole('button', { name: 'Done' })).toBeTruthy()
})

const line = (name: string, outcome: RestoredItem['outcome'], error: string | null = null): RestoredItem => ({
  path: `Documents/${name}`,
  target_dataset: 'tank/home',
  target_path: `Documents/${name}`,
  target_name: name,
  action: 'create',
  outcome,
  bytes: 5,
  means: 'copy_file_range',
  not_kept: [],
  error,
})

test('failures come first, and the tray keeps what is not all back', async () => {
  const app = renderApp(THESIS)
  const items = [line('a', 'restored'), line('b', 'skipped'), line('c', 'failed', 'The quota is reached.')]
  const result = { restored: 1, skipped: 1, failed: 1, bytes: 5, items, guard_snapshot: null }
  const ended = async (_: unknown, usual: () => Promise<Response>) =>
    Response.json({ ...((await (await usual()).json()) as Job), state: 'failed', result })
  intercept(app.api, 'GET jobs/*', ended)
  intercept(app.api, 'POST restores', ended)
  await app.user.click(await screen.findByRole('button', { name: 'Add to the tray' }))
  const tray = await screen.findByRole('region', { name: 'Tray' })
  await app.user.click(within(tray).getByRole('button', { name: 'Restore…' }))
  const dialog = await screen.findByRole('dialog')
  await app.user.click(await within(dialog).findByRole('button', { name: 'Restore Thesis.md' }))
  expect(await within(dialog).findByText('1 restored, 1 skipped, 1 failed')).toBeTruthy()
  const lines = within(within(dialog).getByRole('list', { name: 'Outcome' })).getAllByRole('listitem')
  expect(lines.map(({ textContent }) => textContent.slice(0, 8))).toEqual([
    'c failed',
    'b skippe',
    'a restor',
  ])
  expect(lines[0]?.textContent).toContain('The quota is reached.')
  expect(screen.getByRole('region', { name: 'Tray' })).toBeTruthy()
})

test('a restore is undone after a question that says what goes and what comes back', async () => {
  const app = renderApp(FOLDER)
  const undone = intercept(app.api, 'POST restores/*/undo', (_, usual) => usual())
  const dialog = await openDialog(app)
  await app.user.click(within(dialog).getByRole('radio', { name: 'Replace' }))
  await app.user.click(await within(dialog).findByRole('button', { name: /, replace 3$/ }))
  const undo = await within(dialog).findByRole('button', { name: 'Undo…' })
  await app.user.click(undo)
  const question = await within(dialog).findByRole('region', { name: 'Undo this restore' })
  expect(question.textContent).toContain(
    '1 restored entry is removed. 3 entries that were replaced are put back.',
  )
  await app.user.click(within(question).getByRole('button', { name: 'Keep it' }))
  await waitFor(() => expect(document.activeElement?.textContent).toBe('Undo…'))
  expect(undone).toHaveLength(0)

  await app.user.click(within(dialog).getByRole('button', { name: 'Undo…' }))
  await app.user.click(within(dialog).getByRole('button', { name: 'Undo: remove 1, put back 3' }))
  expect(await within(dialog).findByText('This restore was undone.')).toBeTruthy()
  expect(await within(dialog).findByText('5 entries are as before')).toBeTruthy()
  expect(undone).toHaveLength(1)
})

test('an undo that is refused, and one that is impossible, say why', async () => {
  const app = renderApp(THESIS)
  intercept(app.api, 'POST restores/*/undo', () =>
    refused(409, 'undo_impossible', 'The guard snapshot is gone.'),
  )
  const dialog = await restoreThesis(app)
  await app.user.click(await within(dialog).findByRole('button', { name: 'Undo…' }))
  await app.user.click(within(dialog).getByRole('button', { name: /^Undo: / }))
  expect((await within(dialog).findByRole('alert')).textContent).toContain('The guard snapshot is gone.')
})

test('what an undo left is told, and what failed is tried again', async () => {
  const app = renderApp(THESIS)
  const left = { ...line('a', 'restored'), undone: 'failed' as const, undo_error: 'It is in use.' }
  let tried = false
  intercept(app.api, 'POST restores/*/undo', async (_, usual) => {
    tried = true
    const job = (await (await usual()).json()) as Job
    return Response.json({ ...job, state: 'enqueued', undo: null }, { status: 202 })
  })
  intercept(app.api, 'GET jobs/*', async (_, usual) => {
    const job = (await (await usual()).json()) as Job
    const undo = { undone: 0, left: 0, failed: 1, items: [left] }
    return Response.json(job.kind === 'undo_restore' ? { ...job, state: 'failed', undo } : job)
  })
  intercept(app.api, 'GET restores/*', async (_, usual) => {
    const restore = (await (await usual()).json()) as Restore
    const undo = { state: 'possible', why: '1 entry could not be undone.', job: restore.undo.job }
    return Response.json(tried ? { ...restore, undo } : restore)
  })
  const dialog = await restoreThesis(app)
  await app.user.click(await within(dialog).findByRole('button', { name: 'Undo…' }))
  await app.user.click(within(dialog).getByRole('button', { name: 'Undo: remove 1' }))
  const amiss = await within(dialog).findByRole('list', { name: 'Not undone' })
  expect(amiss.textContent).toContain('Could not be undone: It is in use.')
  expect(within(dialog).getByText('1 entry could not be undone.')).toBeTruthy()
  expect(within(dialog).getByRole('button', { name: 'Undo the rest…' })).toBeTruthy()
})

test('why there is no way back is told', async () => {
  const app = renderApp(THESIS)
  const why = 'the guard snapshot was destroyed.'
  intercept(app.api, 'GET restores/*', async (_, usual) =>
    Response.json({ ...((await (await usual()).json()) as Restore), undo: { state: 'impossible', why } }),
  )
  const dialog = await restoreThesis(app)
  expect(await within(dialog).findByText(`This can’t be undone: ${why}`)).toBeTruthy()
  expect(within(dialog).queryByRole('button', { name: 'Undo…' })).toBeNull()
})

test('the job’s page has every entry, and a filter that is in the address', async () => {
  const app = renderApp(FOLDER)
  const dialog = await openDialog(app)
  await app.user.click(within(dialog).getByRole('radio', { name: 'Skip' }))
  await app.user.click(await within(dialog).findByRole('button', { name: /skip 3$/ }))
  await app.user.click(await within(dialog).findByRole('link', { name: 'Show the job' }))
  const entries = await screen.findByRole('region', { name: 'Entries' })
  await waitFor(() => expect(within(entries).getAllByRole('listitem')).toHaveLength(5))
  await app.user.click(within(entries).getByRole('radio', { name: 'Skipped 3' }))
  await waitFor(() => expect(within(entries).getAllByRole('listitem')).toHaveLength(3))
  expect(app.address()).toMatch(/outcome=skipped$/)
  await app.user.click(within(entries).getByRole('radio', { name: 'Failed 0' }))
  expect(await within(entries).findByText('None was failed')).toBeTruthy()
  await app.router.navigate('/activity')
  expect(await screen.findByText('2 restored, 3 skipped')).toBeTruthy()
})

test('who may restore into the same dataset only, is offered no other one', async () => {
  const app = renderApp(THESIS, 'mia')
  const dialog = await openDialog(app)
  expect(await within(dialog).findByRole('button', { name: 'Restore Thesis.md' })).toBeTruthy()
  await app.user.click(within(dialog).getByRole('radio', { name: 'Another folder' }))
  await app.user.click(await within(dialog).findByRole('combobox', { name: 'Destination dataset' }))
  const options = await screen.findAllByRole('option')
  expect(options.map(({ textContent }) => textContent)).toEqual(['tank/home'])
})
