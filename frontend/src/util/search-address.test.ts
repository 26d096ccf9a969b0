import { expect, test } from 'vitest'

import { paths } from './paths'
import { isEmpty, readSearch, savedQuery, searchParameters, searchRequest, toggled } from './search-address'

const read = (address: string) => readSearch(new URL(address, 'http://nas').searchParams)

test('what is searched survives the way through the address', () => {
  const address =
    '/search?q=a%26b%20%2B%22c%22%20&group=version&sort=-size&category=picture%2Cvideo&owner=1000'
  const search = read(address)
  expect(search).toEqual({
    q: 'a&b +"c" ',
    group: 'version',
    sort: '-size',
    chosen: { category: ['picture', 'video'], owner: ['1000'] },
  })
  expect(read(paths.search(searchParameters(search)))).toEqual(search)
})

test('what is as by default is not in the address, and nonsense is not taken over', () => {
  expect(paths.search(searchParameters(read('/search?q=a&sort=banana&group=entry&year=,,')))).toBe(
    '/search?q=a',
  )
  expect(paths.search(searchParameters(read('/search?q=%20')))).toBe('/search')
})

test('without text and choices nothing is asked', () => {
  expect(searchRequest(read('/search?q=%20&sort=name'))).toBeNull()
  expect(isEmpty(read('/search?state=deleted'))).toBe(false)
  expect(searchRequest(read('/search?state=deleted&sort=name'))).toEqual({ state: 'deleted', sort: 'name' })
})

test('a choice is made and taken back', () => {
  const one = toggled(read('/search?q=a'), 'ext', 'mkv')
  expect(savedQuery(one)).toEqual({ q: 'a', ext: 'mkv' })
  const two = toggled(one, 'ext', 'md')
  expect(savedQuery(two)).toEqual({ q: 'a', ext: 'mkv,md' })
  expect(savedQuery(toggled(toggled(two, 'ext', 'mkv'), 'ext', 'md'))).toEqual({ q: 'a' })
})
