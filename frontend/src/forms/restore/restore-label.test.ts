import { expect, test } from 'vitest'

import type { PlanItem } from '../../api/types'
import { restoreLabel, restoreTitle } from './restore-label'

const item = (action: PlanItem['action'], path = 'Documents/Tax%20return%202025.pdf'): PlanItem => ({
  path,
  target_dataset: 'tank/home',
  target_path: path,
  target_name: 'Tax return 2025.pdf',
  kind: 'file',
  size: 1,
  modified: '2026-05-02T12:05:09Z',
  action,
  detail: null,
  existing: null,
  method: 'clone',
  not_kept: [],
})
const label = (...actions: PlanItem['action'][]) =>
  restoreLabel({
    items: actions.map((action, i) => item(action, actions.length === 1 ? undefined : `f${i}`)),
  })

test.each([
  [['create'], 'Restore Tax return 2025.pdf'],
  [['keep_both'], 'Restore Tax return 2025.pdf, keep both'],
  [['replace'], 'Replace Tax return 2025.pdf'],
  [['create', 'create', 'create'], 'Restore 3 files'],
  [['create', 'keep_both', 'keep_both'], 'Restore 3 files, keep both where 2 exist'],
  [['create', 'keep_both'], 'Restore 2 files, keep both where 1 exists'],
  [['create', 'replace', 'skip'], 'Restore 2 files, replace 1, skip 1'],
  [['create', 'refused'], 'Restore 1 file, leave out 1'],
] as [PlanItem['action'][], string][])('%j: %s', (actions, text) => {
  expect(label(...actions)).toEqual({ label: text, possible: true })
})

test('a plan that does nothing can’t be started', () => {
  expect(label('skip')).toEqual({ label: 'Nothing to restore', possible: false })
  expect(label('refused')).toEqual({ label: 'Can’t be restored', possible: false })
  expect(restoreLabel({ items: [] }).possible).toBe(false)
})

test('names are shown with visible escapes', () => {
  expect(restoreLabel({ items: [item('create', 'a%0Ab')] }).label).toBe('Restore a↵b')
})

test('titles', () => {
  expect(restoreTitle(['a/b%20c'])).toBe('Restore b c')
  expect(restoreTitle(['a', 'b'])).toBe('Restore 2 items')
})
