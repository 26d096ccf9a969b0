import { expect, test } from 'vitest'

import type { ConflictPolicy, PlanAction, PlanItem, RestorePlan } from '../../api/types'
import { restoreLabel, restoreTitle } from './restore-label'

const item = (action: PlanAction, more: Partial<PlanItem> = {}): PlanItem => ({
  path: 'Documents/Tax%20return%202025.pdf',
  target_dataset: 'tank/home',
  target_path: 'Documents/Tax%20return%202025.pdf',
  target_name: 'Tax return 2025.pdf',
  kind: 'file',
  size: 1,
  modified: '2026-05-02T12:05:09Z',
  action,
  detail: null,
  existing: null,
  method: 'clone',
  not_kept: [],
  ...more,
})

type Plan = Parameters<typeof restoreLabel>[0][number]

/** A plan of files with these actions. */
function ofFiles(...actions: PlanAction[]): Plan {
  const items = actions.map((action, i) => item(action, actions.length === 1 ? {} : { path: `f${i}` }))
  const conflict_items = items.filter(({ action }) => ['keep_both', 'replace', 'skip'].includes(action))
  return {
    items,
    files: actions.filter((action) => action !== 'skip' && action !== 'refused').length,
    folders: 0,
    conflicts: conflict_items.length,
    conflict_items,
    unchanged: 0,
    refused: { count: items.filter(({ action }) => action === 'refused').length, items: [] },
    added_since: { count: 0, items: [] },
  }
}

/** A plan of one folder in which these conflicts are told, and `untold` are not. */
function ofFolder(
  files: number,
  told: PlanAction[],
  more: Partial<RestorePlan> & { untold?: number } = {},
): Plan {
  const { untold = 0, ...rest } = more
  const contents = { files, folders: 2, others: 0, bytes: 5000 }
  return {
    items: [item('create', { path: 'anna/Letters', kind: 'directory', contents })],
    files,
    folders: 3,
    conflicts: told.length + untold,
    conflict_items: told.map((action, i) => item(action, { path: `anna/Letters/${i}` })),
    unchanged: 0,
    refused: { count: 0, items: [] },
    added_since: { count: 0, items: [] },
    ...rest,
  }
}

const label = (
  plans: Plan[],
  onConflict: ConflictPolicy = 'rename',
  addedSince: 'leave' | 'move_aside' = 'leave',
) => restoreLabel(plans, { onConflict, addedSince })

test.each([
  [['create'], 'Restore Tax return 2025.pdf'],
  [['keep_both'], 'Restore Tax return 2025.pdf, keep both'],
  [['replace'], 'Replace Tax return 2025.pdf'],
  [['create', 'create', 'create'], 'Restore 3 files'],
  [['create', 'keep_both', 'keep_both'], 'Restore 3 files, keep both where 2 exist'],
  [['create', 'keep_both'], 'Restore 2 files, keep both where 1 exists'],
  [['create', 'replace', 'skip'], 'Restore 2 files, replace 1, skip 1'],
  [['create', 'refused'], 'Restore 1 file, leave out 1'],
] as [PlanAction[], string][])('%j: %s', (actions, text) => {
  expect(label([ofFiles(...actions)])).toEqual({ label: text, possible: true })
})

test.each([
  ['all is new', ofFolder(14, []), 'rename', 'leave', 'Restore Letters with 14 files'],
  [
    'some are there',
    ofFolder(14, ['keep_both', 'keep_both']),
    'rename',
    'leave',
    'Restore Letters with 14 files, keep both where 2 exist',
  ],
  [
    'single choices differ',
    ofFolder(14, ['keep_both', 'replace', 'skip']),
    'rename',
    'leave',
    'Restore Letters with 14 files, keep both where 1 exists, replace 1, skip 1',
  ],
  [
    'more conflicts than are told: keep both',
    ofFolder(1400, ['keep_both'], { untold: 999 }),
    'rename',
    'leave',
    'Restore Letters with 1,400 files, keep both where 1,000 exist',
  ],
  [
    '… replace',
    ofFolder(1400, ['keep_both'], { untold: 3 }),
    'overwrite',
    'leave',
    'Restore Letters with 1,400 files, keep both where 1 exists, replace 3',
  ],
  ['… skip', ofFolder(1400, [], { untold: 3 }), 'skip', 'leave', 'Restore Letters with 1,400 files, skip 3'],
  [
    '… older',
    ofFolder(1400, ['replace'], { untold: 3 }),
    'overwrite_older',
    'leave',
    'Restore Letters with 1,400 files, replace 1, replace what is older of 3 more',
  ],
  [
    '… different',
    ofFolder(1400, [], { untold: 3 }),
    'overwrite_different',
    'leave',
    'Restore Letters with 1,400 files, replace what differs of 3 more',
  ],
  [
    'added since stay',
    ofFolder(2, [], { added_since: { count: 3, items: [] } }),
    'rename',
    'leave',
    'Restore Letters with 2 files',
  ],
  [
    'added since go',
    ofFolder(2, [], { added_since: { count: 3, items: [] } }),
    'rename',
    'move_aside',
    'Restore Letters with 2 files, move 3 aside',
  ],
  ['nothing in it', ofFolder(0, []), 'rename', 'leave', 'Restore Letters'],
] as [string, Plan, ConflictPolicy, 'leave' | 'move_aside', string][])(
  'a folder, %s',
  (_, plan, policy, added, text) => {
    expect(label([plan], policy, added)).toEqual({ label: text, possible: true })
  },
)

test('several plans are told as one', () => {
  expect(label([ofFolder(14, ['keep_both']), ofFiles('create', 'replace')]).label).toBe(
    'Restore 16 files, keep both where 1 exists, replace 1',
  )
  const folders = { ...ofFolder(0, []), folders: 1 }
  expect(label([folders, folders]).label).toBe('Restore 2 folders')
})

test('where only what was added since is moved, that is what it says', () => {
  const plan = { ...ofFolder(0, []), folders: 0, added_since: { count: 2, items: [] } }
  expect(label([plan], 'skip', 'move_aside')).toEqual({ label: 'Move 2 aside', possible: true })
  expect(label([plan], 'skip', 'leave').possible).toBe(false)
})

test('links are no files', () => {
  const links = {
    ...ofFiles('create', 'create'),
    items: [item('create'), item('create', { kind: 'symlink' })],
  }
  expect(label([links]).label).toBe('Restore 2 items')
})

test('a plan that does nothing can’t be started', () => {
  expect(label([ofFiles('skip')])).toEqual({ label: 'Nothing to restore', possible: false })
  expect(label([ofFiles('refused')])).toEqual({ label: 'Can’t be restored', possible: false })
  const same = { ...ofFolder(0, []), folders: 0, unchanged: 14 }
  expect(label([same]).label).toBe('Nothing to restore')
  expect(label([]).possible).toBe(false)
})

test('names are shown with visible escapes', () => {
  const plan = { ...ofFiles('create'), items: [item('create', { path: 'a%0Ab' })] }
  expect(label([plan]).label).toBe('Restore a↵b')
})

test('titles', () => {
  expect(restoreTitle([{ dataset: 'tank', paths: ['a/b%20c'] }])).toBe('Restore b c')
  expect(restoreTitle([{ dataset: 'tank', paths: [''] }])).toBe('Restore tank')
  expect(
    restoreTitle([
      { dataset: 'tank', paths: ['a'] },
      { dataset: 'tank', paths: ['b'] },
    ]),
  ).toBe('Restore 2 items')
})
