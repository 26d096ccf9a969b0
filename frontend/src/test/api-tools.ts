import type { RestorePlan } from '../api/types'
import type { renderApp } from './render-app'

type Api = ReturnType<typeof renderApp>['api']
type Answer = (body: unknown, usual: () => Promise<Response>) => Promise<Response> | Response

/** Answers one kind of request otherwise, `GET restores/*` say; `usual` is how the mock would. Returns what was sent. */
export function intercept(api: Api, call: string, answer: Answer): unknown[] {
  const { handle } = api
  const sent: unknown[] = []
  const [method = '', pattern = ''] = call.split(' ')
  const address = new RegExp(`/api/v1/${pattern.replaceAll('*', '[^/]+')}$`)
  api.handle = async (request) => {
    if (request.method !== method || !address.test(new URL(request.url).pathname)) return handle(request)
    const text = method === 'GET' ? '' : await request.clone().text()
    const body: unknown = text === '' ? null : JSON.parse(text)
    sent.push(body)
    return answer(body, () => handle(request))
  }
  return sent
}

/** A refusal as the server words it. */
export function refused(status: number, code: string, detail: string): Response {
  const body = { type: '', title: '', status, code, detail, request_id: 'r-1' }
  return Response.json(body, { status })
}

/** Plans that differ from the mock's. */
export function withPlan(api: Api, change: (plan: RestorePlan) => Partial<RestorePlan>): unknown[] {
  return intercept(api, 'POST restores/plan', async (_, usual) => {
    const plan = (await (await usual()).json()) as RestorePlan
    return Response.json({ ...plan, ...change(plan) })
  })
}
