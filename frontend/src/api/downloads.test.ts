import { afterEach, expect, test, vi } from 'vitest'

import { startDownload } from './downloads'

afterEach(() => vi.restoreAllMocks())

const items = [{ dataset: 'tank/home', at: null, paths: ['anna/Documents'] }]

test('a selection is prepared, and then fetched by the browser itself', async () => {
  const fetch = vi.fn<(request: Request) => Promise<Response>>()
  const made = {
    id: 'f00',
    address: '/api/v1/downloads/f00',
    expires_at: '2026-05-02T00:00:00Z',
    name: 'a.zip',
  }
  fetch.mockResolvedValue(Response.json(made, { status: 201 }))
  vi.stubGlobal('fetch', fetch)
  const clicked: HTMLAnchorElement[] = []
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
    clicked.push(this)
  })
  expect(await startDownload('zip', items)).toBe('a.zip')
  const [request] = fetch.mock.calls[0] ?? []
  expect(await request?.json()).toEqual({ format: 'zip', items })
  expect(clicked.map((link) => [link.getAttribute('href'), link.hasAttribute('download')])).toEqual([
    ['/api/v1/downloads/f00', true],
  ])
})

test('a refusal is thrown, and nothing is fetched', async () => {
  const problem = {
    code: 'file_not_found',
    status: 404,
    title: 'Nothing is there.',
    detail: 'items[0].paths[0]',
  }
  const answer = Response.json(problem, {
    status: 404,
    headers: { 'Content-Type': 'application/problem+json' },
  })
  vi.stubGlobal('fetch', () => Promise.resolve(answer))
  const click = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined)
  await expect(startDownload('tar.zst', items)).rejects.toMatchObject({ code: 'file_not_found' })
  expect(click).not.toHaveBeenCalled()
})
