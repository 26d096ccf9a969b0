import { expect, test } from 'vitest'

import { displayPath, lastSegment, parentPath, parseTyped } from './relpath'

test('paths are decoded for people only', () => {
  expect(displayPath('')).toBe('/')
  expect(displayPath('Documents/Tax%20return.pdf')).toBe('/Documents/Tax return.pdf')
  expect(displayPath('a%0Ab')).toBe('/a↵b')
})

test('bytes that are not UTF-8 show as the replacement character', () => {
  expect(displayPath('r%C3%A9sum%E9.txt')).toBe('/résum\ufffd.txt')
})

test('parents', () => {
  expect(parentPath('a/b/c')).toBe('a/b')
  expect(parentPath('a')).toBe('')
  expect(lastSegment('a/b%2Fc')).toBe('b%2Fc')
})

test.each([
  ['/Documents/Tax return.pdf', 'Documents/Tax%20return.pdf'],
  ['Documents/', 'Documents'],
  ['  /a//b/./c ', 'a/b/c'],
  ['/tank/home/Grüße', 'Gr%C3%BC%C3%9Fe'],
  ['/tank/home', ''],
  ['/tank/homework', 'tank/homework'],
  ['r%c3%a9sum%E9.txt', 'r%C3%A9sum%E9.txt'],
  ["100% (it's)", '100%25%20%28it%27s%29'],
])('typed %j leads to %j', (typed, path) => {
  expect(parseTyped(typed, '/tank/home')).toBe(path)
})

test('a dataset mounted at the root', () => {
  expect(parseTyped('/etc/fstab', '/')).toBe('etc/fstab')
})
