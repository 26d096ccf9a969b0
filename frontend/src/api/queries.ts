import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'

import { client, fetchText, unwrap } from './client'
import { isSignedOut } from './errors'
import { keys } from './keys'
import type {
  AuditQuery,
  Dataset,
  Entry,
  Job,
  JobKind,
  JobState,
  Me,
  RestoreOutcome,
  RestoreRequest,
  Snapshot,
} from './types'

const PAGE = 1000
/** Entries that a folder begins with: what is in sight, and more to come before one scrolls to its end. */
const FIRST_ENTRIES = 200

/** Who is signed in; null when nobody is. */
export const meQuery = queryOptions({
  queryKey: keys.me,
  queryFn: async ({ signal }): Promise<Me | null> => {
    try {
      return await unwrap(client.GET('/api/v1/me', { signal }))
    } catch (error) {
      if (isSignedOut(error)) return null
      throw error
    }
  },
  staleTime: 60_000,
})

export const poolsQuery = queryOptions({
  queryKey: keys.pools,
  queryFn: async ({ signal }) => (await unwrap(client.GET('/api/v1/pools', { signal }))).items,
  refetchInterval: 30_000,
})

/** All datasets; a server has hundreds, not millions. */
export const datasetsQuery = queryOptions({
  queryKey: keys.datasets,
  queryFn: ({ signal }) =>
    allPages<Dataset>((cursor) =>
      unwrap(client.GET('/api/v1/datasets', { signal, params: { query: { limit: PAGE, cursor } } })),
    ),
})

/** A dataset's snapshots, newest first, page by page. */
export const snapshotsQuery = (dataset: string) =>
  infiniteQueryOptions({
    queryKey: keys.snapshots(dataset),
    queryFn: ({ signal, pageParam }) =>
      unwrap(
        client.GET('/api/v1/datasets/{dataset}/snapshots', {
          signal,
          params: { path: { dataset }, query: { limit: 200, cursor: pageParam } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })

/** Every snapshot of a dataset, oldest first, and how much changed in it: what the time line draws. */
export const momentsQuery = (dataset: string) =>
  queryOptions({
    queryKey: keys.moments(dataset),
    queryFn: ({ signal }) =>
      unwrap(client.GET('/api/v1/datasets/{dataset}/moments', { signal, params: { path: { dataset } } })),
    staleTime: 30_000,
  })

export const destroyPlanQuery = (snapshot: Snapshot) =>
  queryOptions({
    queryKey: keys.destroyPlan(snapshot.dataset, snapshot.guid),
    queryFn: ({ signal }) =>
      unwrap(
        client.GET('/api/v1/datasets/{dataset}/snapshots/{snapshot}/destroy-plan', {
          signal,
          params: { path: { dataset: snapshot.dataset, snapshot: snapshot.guid } },
        }),
      ),
    // A plan is only good if it is fresh.
    staleTime: 0,
    gcTime: 0,
  })

/**
 * A folder as of a moment (null: now), page by page. `deleted`: also what is no more by then; `added`: also what came since.
 * Of a moment in the past each entry tells what became of it.
 */
export const filesQuery = (
  dataset: string,
  at: string | null,
  path: string,
  { deleted, added }: { deleted: boolean; added: boolean },
) =>
  infiniteQueryOptions({
    queryKey: keys.files(dataset, at, path, deleted, added && at !== null),
    queryFn: ({ signal, pageParam }) =>
      unwrap(
        client.GET('/api/v1/datasets/{dataset}/files', {
          signal,
          params: {
            path: { dataset },
            query: {
              path,
              at: at ?? undefined,
              deleted: deleted ? true : undefined,
              compare: at === null ? undefined : 'live',
              added: added && at !== null ? true : undefined,
              limit: pageParam === undefined ? FIRST_ENTRIES : PAGE,
              cursor: pageParam,
            },
          },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    // Stepping through time keeps the rows until the next ones are there.
    placeholderData: keepPreviousData,
  })

/** The folders in a live folder. They are sorted before all else, so reading stops at the first other entry. */
export const foldersQuery = (dataset: string, path: string) =>
  queryOptions({
    queryKey: keys.folders(dataset, path),
    queryFn: async ({ signal }) => {
      const folders: Entry[] = []
      let cursor: string | undefined
      for (;;) {
        const page = await unwrap(
          client.GET('/api/v1/datasets/{dataset}/files', {
            signal,
            params: { path: { dataset }, query: { path, limit: PAGE, cursor } },
          }),
        )
        folders.push(...page.items.filter((entry) => entry.kind === 'directory'))
        const onlyFolders = page.items.every((entry) => entry.kind === 'directory')
        if (page.next == null || !onlyFolders) return { folders, parents: page.parents }
        cursor = page.next
      }
    },
  })

export const entryQuery = (dataset: string, at: string | null, path: string) =>
  queryOptions({
    queryKey: keys.entry(dataset, at, path),
    queryFn: ({ signal }): Promise<Entry> =>
      unwrap(
        client.GET('/api/v1/datasets/{dataset}/entry', {
          signal,
          params: { path: { dataset }, query: { path, at: at ?? undefined } },
        }),
      ),
  })

/** Every version of a file that is known, newest first, page by page. */
export const versionsQuery = (dataset: string, path: string) =>
  infiniteQueryOptions({
    queryKey: keys.versions(dataset, path),
    queryFn: ({ signal, pageParam }) =>
      unwrap(
        client.GET('/api/v1/datasets/{dataset}/versions', {
          signal,
          params: { path: { dataset }, query: { path, limit: 100, cursor: pageParam } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })

/** What differs in a folder and below between a snapshot and another (null: now), page by page. */
export const differencesQuery = (dataset: string, from: string, to: string | null, path: string) =>
  infiniteQueryOptions({
    queryKey: keys.differences(dataset, from, to, path),
    queryFn: ({ signal, pageParam }) =>
      unwrap(
        client.GET('/api/v1/datasets/{dataset}/diff', {
          signal,
          params: {
            path: { dataset },
            query: { from, to: to ?? undefined, path, limit: 200, cursor: pageParam },
          },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })

/** The same differences, counted. */
export const differenceSummaryQuery = (dataset: string, from: string, to: string | null, path: string) =>
  queryOptions({
    queryKey: keys.differenceSummary(dataset, from, to, path),
    queryFn: ({ signal }) =>
      unwrap(
        client.GET('/api/v1/datasets/{dataset}/diff/summary', {
          signal,
          params: { path: { dataset }, query: { from, to: to ?? undefined, path } },
        }),
      ),
  })

/** What is indexed, of all datasets. */
export const indexQuery = queryOptions({
  queryKey: keys.index,
  queryFn: ({ signal }) => unwrap(client.GET('/api/v1/index', { signal })),
  // Events tell of jobs, but not of a look that found nothing new.
  refetchInterval: 30_000,
})

/** One dataset's index with its runs. */
export const indexedQuery = (dataset: string) =>
  queryOptions({
    queryKey: keys.indexed(dataset),
    queryFn: ({ signal }) =>
      unwrap(client.GET('/api/v1/index/{dataset}', { signal, params: { path: { dataset } } })),
  })

export const textQuery = (url: string, limit: number) =>
  queryOptions({
    queryKey: keys.text(url, limit),
    queryFn: ({ signal }) => fetchText(url, limit, signal),
  })

/** What a restore would do; asked again with each change of the request. */
export const restorePlanQuery = (request: RestoreRequest) =>
  queryOptions({
    queryKey: keys.restorePlan(request),
    queryFn: ({ signal }) => unwrap(client.POST('/api/v1/restores/plan', { signal, body: request })),
    placeholderData: keepPreviousData,
    staleTime: 0,
    gcTime: 0,
  })

/** What came of a restore, and whether it can be undone. */
export const restoreQuery = (id: string) =>
  queryOptions({
    queryKey: keys.restore(id),
    queryFn: ({ signal }) =>
      unwrap(client.GET('/api/v1/restores/{id}', { signal, params: { path: { id } } })),
  })

/** What came of each entry of a restore, page by page; `outcome` null: of all. */
export const restoredItemsQuery = (id: string, outcome: RestoreOutcome | null) =>
  infiniteQueryOptions({
    queryKey: keys.restoredItems(id, outcome),
    queryFn: ({ signal, pageParam }) =>
      unwrap(
        client.GET('/api/v1/restores/{id}/items', {
          signal,
          params: { path: { id }, query: { limit: 100, cursor: pageParam, outcome: outcome ?? undefined } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })

export const jobsQuery = (state: JobState | null, kind: JobKind | null) =>
  infiniteQueryOptions({
    queryKey: keys.jobs(state, kind),
    queryFn: ({ signal, pageParam }) =>
      unwrap(
        client.GET('/api/v1/jobs', {
          signal,
          params: {
            query: { limit: 50, cursor: pageParam, state: state ?? undefined, kind: kind ?? undefined },
          },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })

export const jobQuery = (id: string) =>
  queryOptions({
    queryKey: keys.job(id),
    queryFn: ({ signal }): Promise<Job> =>
      unwrap(client.GET('/api/v1/jobs/{id}', { signal, params: { path: { id } } })),
  })

export const tokensQuery = queryOptions({
  queryKey: keys.tokens,
  queryFn: async ({ signal }) => (await unwrap(client.GET('/api/v1/tokens', { signal }))).items,
})

export const usersQuery = queryOptions({
  queryKey: keys.users,
  queryFn: async ({ signal }) => (await unwrap(client.GET('/api/v1/users', { signal }))).items,
})

/** What a user may see. */
export const grantsQuery = (user: number) =>
  queryOptions({
    queryKey: keys.grants(user),
    queryFn: ({ signal }) =>
      unwrap(client.GET('/api/v1/users/{id}/grants', { signal, params: { path: { id: user } } })),
    // It is about to be changed.
    staleTime: 0,
    gcTime: 0,
  })

/** Who did what, newest first, page by page. */
export const auditQuery = (query: AuditQuery) =>
  infiniteQueryOptions({
    queryKey: keys.audit(query),
    queryFn: ({ signal, pageParam }) =>
      unwrap(
        client.GET('/api/v1/audit', {
          signal,
          params: { query: { ...query, limit: 100, cursor: pageParam } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  })

async function allPages<T>(
  load: (cursor: string | undefined) => Promise<{ items: T[]; next?: string | null }>,
) {
  const items: T[] = []
  let cursor: string | undefined
  do {
    const page = await load(cursor)
    items.push(...page.items)
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
  return items
}
