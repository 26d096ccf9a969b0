import type { NewSavedSearch } from '../src/api/search-types'
import type {
  Download,
  DownloadRequest,
  IndexChange,
  Job,
  JobList,
  Listing,
  Me,
  NewUser,
  Problem,
  RestoreRequest,
  Snapshot,
  Token,
  User,
  UserGrants,
} from '../src/api/types'
import { mockAccess } from './access.ts'
import {
  comparedIn,
  contentOf,
  deletedIn,
  differences,
  summaryOf,
  timeLineOf,
  versionsOf,
} from './history.ts'
import { indexedJob, indexJob, mockIndex } from './indexing.ts'
import { mockRestores } from './restores.ts'
import { mockSearch } from './search.ts'
import { datasets, iso, pools, snapshotsOf, users } from './seed.ts'
import { entriesOf } from './tree.ts'

/**
 * A stand-in for the server, for unit tests and `npm run dev:mock`. Its answers are typed by the contract. It differs:
 * any password but "wrong" signs in, restores change nothing, and snapshots come and go until the next start.
 */
export function mockApi() {
  let signedIn: string | null = null
  const jobs: Job[] = [indexJob('index-1', 'tank/media'), indexedJob('index-0', 'tank/home')]
  const index = mockIndex()
  const access = mockAccess()
  const search = mockSearch(problem)
  const snapshots = new Map<string, Snapshot[]>()
  const tokens: Token[] = []
  const restores = mockRestores(momentOf)

  const snapshotsIn = (dataset: string) => {
    if (!snapshots.has(dataset)) snapshots.set(dataset, snapshotsOf(dataset))
    return snapshots.get(dataset) ?? []
  }
  const me = (): Me | null => {
    const user = users.find(({ name }) => name === signedIn)
    return user
      ? {
          user,
          role: user.role,
          ...access.of(user),
          via: 'session',
          expires_at: iso(-3_600_000),
          version: '0.1.0',
          host: 'mock',
        }
      : null
  }

  async function handle(request: Request): Promise<Response> {
    const url = new URL(request.url)
    const segments = url.pathname
      .replace(/^\/api\/v1\//, '')
      .split('/')
      .map(decodeURIComponent)
    const call = `${request.method} ${segments.map((s, i) => (i % 2 === 1 && !['plan', 'password', 'suggest', 'summary'].includes(s) ? '*' : s)).join('/')}`
    const query = url.searchParams
    if (call === 'POST session') {
      const body = (await request.json()) as { name: string; password: string }
      if (body.password === 'wrong') return problem(401, 'wrong_credentials', 'Name or password is wrong.')
      signedIn = body.name
      return json({ user: me()?.user, expires_at: iso(-3_600_000) })
    }
    const who = me()
    if (who === null) return problem(401, 'unauthenticated', 'Sign in first.')
    const [, first = '', , third = ''] = segments
    switch (call) {
      case 'DELETE session':
        signedIn = null
        return new Response(null, { status: 204 })
      case 'GET me':
        return json(who)
      case 'PUT me/password':
        return new Response(null, { status: 204 })
      case 'GET pools':
        return json({ items: pools, next: null })
      case 'GET datasets':
        return json({ items: datasets.filter(({ name }) => access.sees(who.user, name)), next: null })
      case 'GET users':
        return json({ items: users, next: null })
      case 'POST users': {
        const { name, role, restricted = false } = (await request.json()) as NewUser
        const made: User = {
          id: users.length + 1,
          name,
          role,
          restricted,
          disabled: false,
          created_at: iso(0),
          last_login_at: null,
        }
        users.push(made)
        return json(made, 201)
      }
      case 'GET users/*/grants':
        return json(access.grants(Number(first)))
      case 'PUT users/*/grants':
        return json(access.change(Number(first), (await request.json()) as UserGrants))
      case 'GET audit':
        return json(page(access.audit(query), query))
      case 'GET tokens':
        return json({ items: tokens, next: null })
      case 'POST tokens': {
        const wish = (await request.json()) as { name: string; role: Token['role'] }
        const token: Token = {
          id: tokens.length + 1,
          ...wish,
          user: who.user.name,
          created_at: iso(0),
          expires_at: null,
          last_used_at: null,
        }
        tokens.push(token)
        return json({ token, secret: 'nasman_5vZ0exampleexampleexample' }, 201)
      }
      case 'GET datasets/*/snapshots': {
        const all = query.get('order') === 'oldest' ? snapshotsIn(first).toReversed() : snapshotsIn(first)
        return json({ ...page(all, query), total: all.length })
      }
      case 'GET datasets/*/moments':
        return json(timeLineOf(first, snapshotsIn(first), index.find(first)?.live_as_of ?? null))
      case 'POST datasets/*/snapshots': {
        const { tag = 'manual' } = (await request.json()) as { tag?: string }
        const made = {
          ...(snapshotsIn(first)[0] as Snapshot),
          tag,
          name: `${first}@${tag}`,
          guid: tag,
          created: iso(0),
          used: 0,
        }
        snapshots.set(first, [made, ...snapshotsIn(first)])
        return json(made, 201)
      }
      case 'GET datasets/*/snapshots/*/destroy-plan': {
        const found = snapshotsIn(first).find(({ guid }) => guid === third)
        if (found === undefined) return problem(404, 'snapshot_not_found', 'That snapshot is gone.')
        const held = found.holds > 0
        const blockers = held
          ? [{ kind: 'hold', name: 'keep', detail: 'It is held by “keep”. Release the hold first.' }]
          : []
        return json({ name: found.name, guid: found.guid, reclaims: found.used, blockers, possible: !held })
      }
      case 'DELETE datasets/*/snapshots/*':
        snapshots.set(
          first,
          snapshotsIn(first).filter(({ guid }) => guid !== third),
        )
        return new Response(null, { status: 204 })
      case 'GET datasets/*/files':
        return listing(first, query)
      case 'GET datasets/*/versions': {
        const path = query.get('path') ?? ''
        if (index.find(first)?.live_as_of == null) return notIndexed(first)
        const versions = versionsOf(path, snapshotsIn(first))
        return versions === null
          ? problem(404, 'file_not_found', `No state had ${path}.`)
          : json({ dataset: first, path, ...page(versions, query), as_of: iso(0), note: null })
      }
      case 'GET datasets/*/diff':
      case 'GET datasets/*/diff/summary': {
        if (index.find(first)?.live_as_of == null) return notIndexed(first)
        const named = (tag: string | null) => snapshotsIn(first).find((s) => s.tag === tag || s.guid === tag)
        const from = named(query.get('from'))
        if (from === undefined) return problem(404, 'snapshot_not_found', 'That snapshot is gone.')
        const found = differences(first, query.get('path') ?? '', from, named(query.get('to')) ?? null)
        return json(segments.at(-1) === 'summary' ? summaryOf(found) : found)
      }
      case 'GET index':
        return json(index.status())
      case 'GET index/*':
      case 'POST index/*':
      case 'PATCH index/*': {
        const found = index.find(first)
        if (found === undefined) return problem(404, 'dataset_not_found', `There is no dataset ${first}.`)
        if (request.method === 'GET') return json(index.details(found))
        if (request.method === 'PATCH')
          return json(index.change(found, (await request.json()) as IndexChange))
        const job = indexJob(`index-${jobs.length}`, first)
        jobs.unshift(job)
        index.start(found, job)
        return json(job, 202)
      }
      case 'GET datasets/*/entry': {
        const path = query.get('path') ?? ''
        const entry = entriesOf(path.split('/').slice(0, -1).join('/'), !query.has('at'))?.find(
          (e) => e.path === path,
        )
        return entry ? json(entry) : problem(404, 'file_not_found', `There is no ${path} at this moment.`)
      }
      case 'GET search':
        return search.answer(query)
      case 'GET search/suggest':
        return json(search.suggest(query.get('q') ?? '', Number(query.get('limit') ?? 8)))
      case 'GET searches':
        return json({ items: search.saved() })
      case 'POST searches':
        return json(search.save((await request.json()) as NewSavedSearch), 201)
      case 'DELETE searches/*':
        search.forget(Number(first))
        return new Response(null, { status: 204 })
      case 'GET datasets/*/content':
        return new Response(contentOf(query.has('at')), {
          headers: { 'content-type': 'text/plain; charset=utf-8' },
        })
      case 'POST restores/plan':
        return json(restores.plan((await request.json()) as RestoreRequest))
      case 'POST restores': {
        const wish = (await request.json()) as RestoreRequest
        if (wish.plan !== restores.plan(wish).plan)
          return problem(409, 'plan_stale', 'The plan is out of date.')
        const job = restores.start(wish, String(jobs.length + 1))
        jobs.unshift(job)
        return json(job, 202)
      }
      case 'GET restores/*': {
        const found = restores.find(first)
        return found ? json(found) : problem(404, 'job_not_found', `There is no restore ${first}.`)
      }
      case 'GET restores/*/items':
        return json(restores.items(first, query))
      case 'POST restores/*/undo': {
        const job = restores.undo(first, String(jobs.length + 1))
        if (job === null) return problem(409, 'undo_impossible', 'It was undone already.')
        jobs.unshift(job)
        return json(job, 202)
      }
      case 'POST downloads': {
        const { format } = (await request.json()) as DownloadRequest
        const name = `NASMan.${format}`
        const address = `/api/v1/downloads/mock/${name}`
        return json({ id: 'mock', address, expires_at: iso(-600_000), name } satisfies Download, 201)
      }
      case 'GET jobs': {
        const state = query.get('state')
        const kind = query.get('kind')
        return json({
          items: jobs.filter(
            (job) => (state === null || job.state === state) && (kind === null || job.kind === kind),
          ),
          next: null,
        } satisfies JobList)
      }
      case 'GET jobs/*': {
        const job = jobs.find(({ id }) => id === first)
        return job ? json(job) : problem(404, 'job_not_found', `There is no job ${first}.`)
      }
      case 'DELETE jobs/*': {
        const job = jobs.find(({ id }) => id === first)
        if (job === undefined) return problem(404, 'job_not_found', `There is no job ${first}.`)
        Object.assign(job, {
          state: 'canceled',
          cancelable: false,
          finished_at: iso(0),
        } satisfies Partial<Job>)
        index.stop(job.id)
        return json(job, 202)
      }
      case 'GET events':
        return new Response('event: hello\ndata: {}\n\n', {
          headers: { 'content-type': 'text/event-stream' },
        })
      default:
        return problem(404, 'not_found', `The mock does not know ${call}.`)
    }
  }

  function momentOf(dataset: string, at: string) {
    const found = snapshotsIn(dataset).find((s) => s.tag === at || s.guid === at)
    return found && { snapshot: found.name, tag: found.tag, guid: found.guid, created: found.created }
  }

  function listing(dataset: string, query: URLSearchParams): Response {
    const path = query.get('path') ?? ''
    const at = query.get('at')
    const moment = at === null ? null : momentOf(dataset, at)
    if (moment === undefined)
      return problem(404, 'snapshot_not_found', `${dataset} has no snapshot ${at ?? ''}.`)
    const indexed = index.find(dataset)?.live_as_of != null
    const compared = indexed && query.get('compare') === 'live'
    const there = compared
      ? comparedIn(path, query.get('added') === 'true')
      : entriesOf(path, moment === null)
    if (there === undefined)
      return problem(
        404,
        'file_not_found',
        `There is no folder ${path} at this moment. Go up, or try another moment.`,
      )
    const deleted =
      query.get('deleted') === 'true' && moment === null ? deletedIn(path, snapshotsIn(dataset)) : []
    const order = (entry: Listing['items'][number]) => (entry.kind === 'directory' ? 0 : 1)
    const all =
      deleted.length === 0
        ? there
        : [...there, ...deleted].sort((a, b) => order(a) - order(b) || (a.name < b.name ? -1 : 1))
    const answer: Listing = {
      dataset,
      path,
      at: moment,
      ...page(all, query),
      total: all.length,
      findings: [],
      parents: [],
      source: indexed ? 'catalog' : 'filesystem',
      as_of: indexed ? iso(180_000) : null,
      live_as_of: compared ? iso(180_000) : null,
      note: indexed ? null : `${dataset} is not indexed yet: this was read from the file system.`,
    }
    return json(answer)
  }

  return { handle, signIn: (name: string) => (signedIn = name) }
}

function page<T>(all: T[], query: URLSearchParams): { items: T[]; next: string | null } {
  const from = Number(query.get('cursor') ?? 0)
  const limit = Number(query.get('limit') ?? 100)
  return {
    items: all.slice(from, from + limit),
    next: from + limit < all.length ? String(from + limit) : null,
  }
}

function json(body: unknown, status = 200): Response {
  return Response.json(body, { status })
}

function problem(status: number, code: string, detail: string, more: object = {}): Response {
  const body: Problem = {
    type: 'about:blank',
    title: code,
    status,
    code,
    detail,
    request_id: 'mock-1',
    ...more,
  }
  return Response.json(body, { status, headers: { 'content-type': 'application/problem+json' } })
}

function notIndexed(dataset: string): Response {
  return problem(409, 'not_indexed', `${dataset} has never been indexed.`)
}
