import type { Problem } from './types'

type Position = { start: number; end: number }

/** Any failure of a request, in the words the server found for it. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly requestId: string | null
  readonly field: string | null
  /** Which characters of the field are wrong. */
  readonly position: Position | null

  constructor(problem: {
    status: number
    code: string
    detail: string
    requestId?: string | null
    field?: string | null
    position?: Position | null
  }) {
    super(problem.detail)
    this.name = 'ApiError'
    this.status = problem.status
    this.code = problem.code
    this.requestId = problem.requestId ?? null
    this.field = problem.field ?? null
    this.position = problem.position ?? null
  }
}

/** The one place where a refused request becomes an error. `body` is what came with it, parsed when it was JSON. */
export function errorFromResponse(response: Response, body: unknown): ApiError {
  if (isProblem(body)) {
    return new ApiError({
      status: body.status,
      code: body.code,
      detail: body.detail,
      requestId: body.request_id,
      field: body.field ?? null,
      position: body.position ?? null,
    })
  }
  return new ApiError({
    status: response.status,
    code: `http_${response.status}`,
    detail:
      response.status >= 500
        ? `The server, or something before it, failed (${response.status}). Try again; if it stays, look at the server's log.`
        : `The server refused the request (${response.status}) without saying why.`,
    requestId: response.headers.get('x-request-id'),
  })
}

/** Whatever was thrown, as an `ApiError`: `fetch` rejects with a TypeError when nobody answers. */
export function toApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown
  if (thrown instanceof TypeError) {
    return new ApiError({
      status: 0,
      code: 'unreachable',
      detail:
        'The server does not answer. Check that it runs and that this machine reaches it, then try again.',
    })
  }
  const detail = thrown instanceof Error ? thrown.message : String(thrown)
  return new ApiError({ status: 0, code: 'unexpected', detail })
}

/** Nobody is signed in (any more). A wrong password is also a 401 but says nothing about the session. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401 && error.code !== 'wrong_credentials'
}

/** Worth asking again by itself: nobody answered, or a proxy for the server. What the server itself says is shown at once. */
export function isTransient(error: unknown): boolean {
  return ['unreachable', 'http_502', 'http_503', 'http_504'].includes(toApiError(error).code)
}

function isProblem(body: unknown): body is Problem & { position?: Position | null } {
  if (typeof body !== 'object' || body === null) return false
  const { code, detail, status } = body as Record<string, unknown>
  return typeof code === 'string' && typeof detail === 'string' && typeof status === 'number'
}
