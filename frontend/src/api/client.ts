import createClient from 'openapi-fetch'

import { errorFromResponse, toApiError } from './errors'
import type { paths } from './schema'

/** Where the server is; empty when it is the one that served this page. */
export const apiBase = (import.meta.env.VITE_API_BASE as string | undefined) ?? ''

export const client = createClient<paths>({
  baseUrl: apiBase,
  credentials: 'include',
  // No form of another site can set this header, so the server takes it as proof that the request is ours.
  headers: { 'X-Requested-With': 'nasman' },
  // Looked up at each call, so that a test can stand in for it.
  fetch: (request) => globalThis.fetch(request),
})

type Answer<T> = { data?: T; error?: unknown; response: Response }

/** The body of a successful answer; any failure is thrown as an `ApiError`. */
export async function unwrap<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await answer.catch((thrown: unknown) => {
    throw toApiError(thrown)
  })
  if (!response.ok) throw errorFromResponse(response, error)
  return data as T
}

/** Where a file's bytes are. `path` is the API's percent-encoded form, which is encoded once more as a query's value. */
export function contentUrl(file: { dataset: string; path: string; at: string | null; download?: boolean }) {
  const query = new URLSearchParams({ path: file.path })
  if (file.at !== null) query.set('at', file.at)
  if (file.download === true) query.set('download', 'true')
  return `${apiBase}/api/v1/datasets/${encodeURIComponent(file.dataset)}/content?${query.toString()}`
}

/** The first `limit` bytes of a file as text. */
export async function fetchText(url: string, limit: number, signal: AbortSignal): Promise<string> {
  const request = new Request(url, {
    credentials: 'include',
    // The query cache keeps it. The browser's would let one reader of a file wait for another, up to 20 seconds, and ask
    // for the ranges it has once more.
    cache: 'no-store',
    signal,
    headers: { Range: `bytes=0-${limit - 1}` },
  })
  const response = await globalThis.fetch(request).catch((thrown: unknown) => {
    throw toApiError(thrown)
  })
  // An empty file has no range to give.
  if (response.status === 416) return ''
  if (!response.ok) throw errorFromResponse(response, await response.json().catch(() => null))
  // The last character may be cut in two; that is no reason to fail.
  return new TextDecoder().decode((await response.arrayBuffer()).slice(0, limit))
}
