import { expect, test } from 'vitest'

import { modeString } from './mode'

test.each([
  [0o100640, 'rw-r----- (0640)'],
  [0o40755, 'rwxr-xr-x (0755)'],
  [0o104755, 'rwsr-xr-x (4755)'],
  [0o41777, 'rwxrwxrwt (1777)'],
  [0o102644, 'rw-r-Sr-- (2644)'],
])('%d is %s', (mode, text) => {
  expect(modeString(mode)).toBe(text)
})
