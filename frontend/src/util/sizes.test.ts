import { expect, test } from 'vitest'

import { exactBytes, formatBytes, plural } from './sizes'

test.each([
  [0, '0 B'],
  [1, '1 B'],
  [1023, '1023 B'],
  [1024, '1.00 KiB'],
  [1536, '1.50 KiB'],
  [10_240, '10.0 KiB'],
  [102_400, '100 KiB'],
  [1_048_575, '1.00 MiB'],
  [1_073_741_824, '1.00 GiB'],
  [4e12, '3.64 TiB'],
  [2 ** 63, '8.00 EiB'],
])('%d bytes are shown as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})

test('exact sizes have separators', () => {
  expect(exactBytes(1_234_567)).toBe('1,234,567 bytes')
  expect(exactBytes(1)).toBe('1 byte')
})

test('counted nouns', () => {
  expect(plural(1, 'file')).toBe('1 file')
  expect(plural(1400, 'file')).toBe('1,400 files')
  expect(plural(2, 'entry', 'entries')).toBe('2 entries')
})
