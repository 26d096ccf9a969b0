import { expect, test } from 'vitest'

import { extension, visibleName } from './names'

test.each([
  ['Tax return 2025.pdf', 'Tax return 2025.pdf'],
  ['line\nbreak\ttab', 'line↵break⇥tab'],
  ['bell\u0007', 'bell<U+0007>'],
  ['gpj.\u202eexe', 'gpj.<U+202E>exe'],
  ['zero\u200bwidth', 'zero<U+200B>width'],
  [' blank ', '␣blank␣'],
  ['r\ufffdsum\ufffd', 'r\ufffdsum\ufffd'],
  ['Grüße.txt', 'Grüße.txt'],
])('%j is shown as %s', (name, shown) => {
  expect(visibleName(name)).toBe(shown)
})

test('extensions', () => {
  expect(extension('a.tar.GZ')).toBe('gz')
  expect(extension('.bashrc')).toBe('')
  expect(extension('README')).toBe('')
})
