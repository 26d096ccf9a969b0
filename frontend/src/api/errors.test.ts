import { expect, test } from 'vitest'

import { ApiError, errorFromResponse, isSignedOut, isTransient, toApiError } from './errors'

const problem = {
  type: 'about:blank',
  title: 'Snapshot not found',
  status: 404,
  code: 'snapshot_not_found',
  detail: 'tank has no snapshot x.',
  request_id: 'r-1',
}

test('a problem document becomes an error with its own words', () => {
  const error = errorFromResponse(new Response(null, { status: 404 }), { ...problem, field: 'at' })
  expect(error).toMatchObject({
    message: 'tank has no snapshot x.',
    code: 'snapshot_not_found',
    status: 404,
    requestId: 'r-1',
    field: 'at',
  })
})

test('an answer of some proxy still says what it is', () => {
  const answer = new Response('<h1>Bad gateway</h1>', { status: 502, headers: { 'x-request-id': 'r-2' } })
  const error = errorFromResponse(answer, '<h1>Bad gateway</h1>')
  expect(error).toMatchObject({ code: 'http_502', status: 502, requestId: 'r-2' })
  expect(error.message).toContain('502')
  expect(isTransient(error)).toBe(true)
})

test('nobody answers', () => {
  const error = toApiError(new TypeError('Failed to fetch'))
  expect(error.code).toBe('unreachable')
  expect(isTransient(error)).toBe(true)
})

test('anything thrown becomes an error that can be shown', () => {
  expect(toApiError('odd').message).toBe('odd')
  expect(toApiError(new Error('broken')).code).toBe('unexpected')
})

test('a wrong password is no lost session', () => {
  const of = (code: string) => new ApiError({ status: 401, code, detail: '' })
  expect(isSignedOut(of('unauthenticated'))).toBe(true)
  expect(isSignedOut(of('wrong_credentials'))).toBe(false)
  expect(isSignedOut(new TypeError('offline'))).toBe(false)
})

test('what the server itself says is not asked again', () => {
  const unavailable = { ...problem, status: 503, code: 'zfs_unavailable' }
  expect(isTransient(errorFromResponse(new Response(null, { status: 503 }), unavailable))).toBe(false)
})
