import { expect, test } from 'vitest'

import type { PlanAction, RestoredItem } from '../../api/types'
import { countWords, failuresFirst, undoneWords, undoWords } from './restore-words'

const item = (action: PlanAction, outcome: RestoredItem['outcome'] = 'restored'): RestoredItem => ({
  path: 'a',
  target_dataset: 'tank',
  target_path: 'a',
  target_name: 'a',
  action,
  outcome,
  bytes: 1,
  means: 'copy_file_range',
  not_kept: [],
})

test.each([
  [{ restored: 14, skipped: 0, failed: 0 }, 'well', '14 restored'],
  [{ restored: 1400, skipped: 2, failed: 1 }, 'fault', '1,400 restored, 2 skipped, 1 failed'],
  [
    { restored: 0, skipped: 2, failed: 0, unchanged: 3 },
    'attention',
    '0 restored, 2 skipped, 3 the same already',
  ],
])('%j: %s, %s', (counts, tone, words) => {
  expect(countWords(counts)).toEqual({ tone, words })
})

test.each([
  [['create'], '1 restored entry is removed.', 'Undo: remove 1'],
  [
    ['create', 'keep_both', 'replace', 'merge'],
    '2 restored entries are removed. 1 entry that was replaced is put back.',
    'Undo: remove 2, put back 1',
  ],
  [['move_aside', 'move_aside'], '2 entries that were moved aside go back.', 'Undo: move back 2'],
  [['merge'], 'Folders get back the owner, mode and times they had.', 'Undo the restore'],
] as [PlanAction[], string, string][])('undo of %j: %s', (actions, text, button) => {
  const items = [...actions.map((action) => item(action)), item('create', 'failed')]
  expect(undoWords({ items, restored: actions.length })).toEqual({ text, button })
})

test('of what is not told entry by entry nothing is counted', () => {
  expect(undoWords({ items: [item('create')], restored: 5000 }).button).toBe('Undo the restore')
})

test('what an undo came to', () => {
  expect(undoneWords({ undone: 5, left: 0, failed: 0 })).toEqual({
    tone: 'well',
    words: '5 entries are as before',
  })
  expect(undoneWords({ undone: 1, left: 2, failed: 3 })).toEqual({
    tone: 'fault',
    words: '1 entry is as before, 2 changed since and left, 3 could not be undone',
  })
})

test('failures come first', () => {
  const items = [item('create'), item('skip', 'skipped'), item('create', 'failed')]
  expect(failuresFirst(items).map(({ outcome }) => outcome)).toEqual(['failed', 'skipped', 'restored'])
})
