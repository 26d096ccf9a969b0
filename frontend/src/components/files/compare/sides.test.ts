import { expect, test } from 'vitest'

import { compareText, NOW, parseCompare } from './sides'

test('the address brings back what was compared', () => {
  const sides = [{ at: 'daily-1', path: null }, { at: 'a:b.c', path: 'x,y/z%20' }, NOW]
  for (const before of sides) {
    for (const after of sides) {
      const read = parseCompare(compareText(before, after))
      const plain = (side: typeof before) => ({ ...side, path: side.path?.replace(',', '%2C') ?? null })
      expect(read).toEqual([plain(before), plain(after)])
    }
  }
})

test('now is nothing', () => {
  expect(compareText({ at: 'daily-1', path: null }, NOW)).toBe('daily-1,')
  expect(parseCompare('one')).toBeNull()
  expect(parseCompare('a,b,c')).toBeNull()
})
