import { expect, test } from 'vitest'

import type { Grant, Right } from '../api/restore-types'
import type { Me, Role } from '../api/types'
import { mayRestore, rightsRefusal } from './rights'

const grant = (dataset: string, rights: Right[], beneath = false): Grant => ({ dataset, beneath, rights })

const me = (role: Role, may_restore: boolean, grants: Grant[] | null = null): Me => ({
  user: { id: 1, name: 'v', role, disabled: false, created_at: '' },
  role,
  via: 'session',
  version: '',
  host: '',
  restricted: grants !== null,
  grants: grants ?? [],
  may_restore,
})

const OWN = grant('tank/anna', ['browse', 'restore_in_place'])
const BENEATH = grant('tank/anna', ['restore_in_place'], true)
const OUT = grant('tank/anna', ['restore_elsewhere'])
const SHARED = grant('pool/shared', ['restore_in_place'])

test.each([
  ['an operator restores anywhere', me('operator', true), 'tank/anna', 'pool', true],
  ['a viewer nowhere', me('viewer', false), 'tank/anna', 'tank/anna', false],
  ['but where it is granted', me('viewer', true, [OWN]), 'tank/anna', 'tank/anna', true],
  ['not to another dataset', me('viewer', true, [OWN, SHARED]), 'tank/anna', 'pool/shared', false],
  ['unless that is granted', me('viewer', true, [OUT, SHARED]), 'tank/anna', 'pool/shared', true],
  ['and nothing else leads there', me('viewer', true, [OUT]), 'tank/anna', 'pool/shared', false],
  ['then not to its place', me('viewer', true, [OUT, SHARED]), 'tank/anna', 'tank/anna', false],
  ['not beneath', me('viewer', true, [OWN]), 'tank/anna/x', 'tank/anna/x', false],
  ['unless so granted', me('viewer', true, [BENEATH]), 'tank/anna/x', 'tank/anna/x', true],
  ['not beside', me('viewer', true, [BENEATH]), 'tank/anna2', 'tank/anna2', false],
  ['a restricted operator where granted', me('operator', true, [OWN]), 'tank/ben', 'tank/ben', false],
  ['a lesser token does not', me('viewer', false, [OWN]), 'tank/anna', 'tank/anna', false],
] as [string, Me, string, string, boolean][])('%s', (_, who, source, target, may) => {
  expect(mayRestore(who, source, target)).toBe(may)
})

test('why not is told', () => {
  expect(rightsRefusal(me('operator', true), 'tank')).toBeNull()
  expect(rightsRefusal(me('viewer', true, [OUT]), 'tank/anna')).toBeNull()
  expect(rightsRefusal(me('viewer', false), 'tank')).toBe('Needs the role operator; yours is viewer.')
  expect(rightsRefusal(me('viewer', true, [OUT]), 'tank/ben')).toMatch(/^You may look at tank\/ben, but not/)
})
