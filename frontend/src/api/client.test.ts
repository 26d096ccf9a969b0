import { expect, test, vi } from 'vitest'

import { client, contentUrl, fetchText, unwrap } from './client'

test('a path is encoded once more as the value of a query', () => {
  const url = contentUrl({ dataset: 'tank/home', path: 'a%20b/r%E9.txt', at: null, download: true })
  expect(url).toBe('/api/v1/datasets/tank%2Fhome/content?path=a%2520b%2Fr%25E9.txt&download=true')
})

test('requests name their dataset as one segment, carry the CSRF header and the cookie', async () => {
  const fetch = vi.fn<(request: Request) => Promise<Response>>()
  fetch.mockResolvedValue(Response.json({ items: [], next: null, total: 0 }))
  vi.stubGlobal('fetch', fetch)
  const params = { path: { dataset: 'tank/a b' } }
  await unwrap(client.GET('/api/v1/datasets/{dataset}/snapshots', { params }))
  const [request] = fetch.mock.calls[0] ?? []
  expect(request?.url).toContain('/datasets/tank%2Fa%20b/snapshots')
  expect(request?.headers.get('X-Requested-With')).toBe('nasman')
  expect(request?.credentials).toBe('include')
})

test('text is cut at the limit, also when the server ignores the range', async () => {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response('0123456789')))
  const { signal } = new AbortController()
  expect(await fetchText('http://nas/x', 4, signal)).toBe('0123')
})
