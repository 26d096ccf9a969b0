import { expect, test } from 'vitest'

import type { Grant } from '../api/types'
import { mayRestoreInPlace, mayRestoreInto, restoringRefusal } from './roles'

const everything = { role: 'operator', restricted: false, may_restore: true, grants: [] } as const
const looking = { role: 'viewer', restricted: false, may_restore: false, grants: [] } as const
const grants: Grant[] = [
  { dataset: 'tank/anna', beneath: true, rights: ['browse', 'restore_in_place'] },
  { dataset: 'tank/out', beneath: false, rights: ['browse', 'restore_elsewhere'] },
  { dataset: 'tank/look', beneath: false, rights: ['browse'] },
]
const anna = { role: 'viewer' as const, restricted: true, may_restore: true, grants }

test('the role decides for those who may see everything', () => {
  expect(restoringRefusal({ ...everything, grants: [] }, 'tank')).toBeNull()
  expect(restoringRefusal({ ...looking, grants: [] }, 'tank')).toBe(
    'Needs the role operator; yours is viewer.',
  )
  expect(mayRestoreInto({ ...everything, grants: [] }, 'tank/a', 'tank/b')).toBe(true)
  expect(mayRestoreInto({ ...looking, grants: [] }, 'tank/a', 'tank/a')).toBe(false)
})

test.each([
  ['tank/anna', 'tank/anna', true],
  ['tank/anna/photos', 'tank/anna/photos', true],
  ['tank/annabel', 'tank/annabel', false],
  ['tank/anna', 'tank/out', false],
  ['tank/out', 'tank/anna', true],
  ['tank/out', 'tank/out', false],
  ['tank/out', 'tank/look', false],
  ['tank/look', 'tank/look', false],
])('from %s into %s with grants: %s', (source, target, allowed) => {
  expect(mayRestoreInto(anna, source, target)).toBe(allowed)
})

test('a grant says what can be restored at all', () => {
  expect(restoringRefusal(anna, null)).toBeNull()
  expect(restoringRefusal(anna, 'tank/out')).toBeNull()
  expect(restoringRefusal(anna, 'tank/look')).toBe('You may look at tank/look, but not restore from it.')
  expect(restoringRefusal({ ...anna, may_restore: false }, null)).toMatch(/not restore them/)
  expect(mayRestoreInPlace(anna, 'tank/out')).toBe(false)
})
