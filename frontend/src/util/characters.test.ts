import { expect, test } from 'vitest'

import { charactersOf, cut, replaceRange, within } from './characters'
import { visibleCharacters, visibleName } from './names'

test('places are counted by characters, also where they take two halves', () => {
  expect(replaceRange('🦊 ext:m', { start: 2, end: 7 }, 'ext:mkv ')).toBe('🦊 ext:mkv ')
  expect(replaceRange('abc', { start: 1, end: 99 }, 'x')).toBe('ax')
  expect(cut(charactersOf('🦊🦊b'), [[1, 2]])).toEqual([
    { text: '🦊', marked: false },
    { text: '🦊', marked: true },
    { text: 'b', marked: false },
  ])
})

test('places that overlap are marked once', () => {
  expect(
    cut(charactersOf('abcd'), [
      [0, 2],
      [1, 3],
    ]),
  ).toEqual([
    { text: 'abc', marked: true },
    { text: 'd', marked: false },
  ])
})

test('places of the whole are those of a part', () => {
  expect(within([[3, 9]], 5, 3)).toEqual([[0, 3]])
  expect(within([[0, 4]], 5, 3)).toEqual([])
})

test.each([' a\nb ', 'plain', '  ', 'a\u202eb'])('%j is made visible character by character', (name) => {
  expect(visibleCharacters(name).join('')).toBe(visibleName(name))
  expect(visibleCharacters(name)).toHaveLength(charactersOf(name).length)
})
