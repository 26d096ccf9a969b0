import { expect, test } from 'vitest'

import { paths, safeNext } from './paths'

test('dataset names are one segment', () => {
  expect(paths.files('tank/home')).toBe('/files/tank%2Fhome')
  expect(paths.snapshots('tank/a b')).toBe('/snapshots/tank%2Fa%20b')
})

test('a path survives the way through the address', () => {
  const path = 'Tax%20return/r%E9sum%26%23.pdf'
  const address = paths.files('tank', { path, at: 'daily-1', selected: path })
  const query = new URL(address, 'http://nas').searchParams
  expect(query.get('path')).toBe(path)
  expect(query.get('selected')).toBe(path)
  expect(query.get('at')).toBe('daily-1')
})

test('what is not set is not in the address', () => {
  expect(paths.files('tank', { path: '', at: null, selected: undefined })).toBe('/files/tank')
  expect(paths.activity('')).toBe('/activity')
})

test('slashes stay readable', () => {
  expect(paths.files('tank', { path: 'a/b' })).toBe('/files/tank?path=a/b')
})

test.each([
  ['/files/tank?at=x', '/files/tank?at=x'],
  [null, '/'],
  ['', '/'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['https://evil.example', '/'],
])('after sign-in %j leads to %s', (next, to) => {
  expect(safeNext(next)).toBe(to)
})
