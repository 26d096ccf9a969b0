import type { InfiniteData, QueryClient } from '@tanstack/react-query'

import { keys } from './keys'
import type { IndexStatus, Job, JobList, JobState } from './types'

const ENDED: ReadonlySet<JobState> = new Set(['succeeded', 'failed', 'canceled'])

export function hasEnded(job: Job): boolean {
  return ENDED.has(job.state)
}

/** A job as an event brought it, over what was known: events carry no log, and may come late. */
export function mergeJob(known: Job | undefined, event: Job): Job {
  if (known === undefined) return event
  if (hasEnded(known) && !hasEnded(event)) return known
  return { ...event, log: known.log }
}

/** The pages of a job list after an event. `state` and `kind` are the list's filters. A new job goes on top. */
export function applyJob<P>(
  list: InfiniteData<JobList, P>,
  event: Job,
  state: JobState | null,
  kind: string | null = null,
): InfiniteData<JobList, P> {
  const belongs = (state === null || event.state === state) && (kind === null || event.kind === kind)
  const known = list.pages.some((page) => page.items.some((job) => job.id === event.id))
  if (!known && !belongs) return list
  const pages = list.pages.map((page, i) => {
    const items = page.items
      .filter((job) => belongs || job.id !== event.id)
      .map((job) => (job.id === event.id ? mergeJob(job, event) : job))
    return { ...page, items: i === 0 && !known ? [event, ...items] : items }
  })
  return { ...list, pages }
}

/** Puts what an event says everywhere it is shown, and asks again for what the event leaves out. */
export function takeJobEvent(queryClient: QueryClient, event: Job): void {
  queryClient.setQueryData<Job>(keys.job(event.id), (known) => (known ? mergeJob(known, event) : known))
  for (const [queryKey] of queryClient.getQueriesData({ queryKey: keys.allJobs })) {
    const state = (queryKey[1] ?? null) as JobState | null
    const kind = (queryKey[2] ?? null) as string | null
    queryClient.setQueryData<InfiniteData<JobList>>(
      queryKey,
      (list) => list && applyJob(list, event, state, kind),
    )
  }
  if (event.kind === 'index' && !isShownByIndex(queryClient, event)) {
    void queryClient.invalidateQueries({ queryKey: keys.allIndex })
  }
  if (hasEnded(event)) {
    // Its log and its result are complete now, and files and space may have changed.
    const stale = [
      keys.job(event.id),
      keys.allRestores,
      keys.allFiles,
      keys.allVersions,
      keys.allDifferences,
      keys.pools,
    ]
    for (const queryKey of [...stale, ['moments'], ['snapshots']]) {
      void queryClient.invalidateQueries({ queryKey })
    }
  }
}

/** Whether the page about the index knows of this job already: it asks again when one begins or ends, not with each step. */
function isShownByIndex(queryClient: QueryClient, event: Job): boolean {
  const shown = queryClient.getQueryData<IndexStatus>(keys.index)
  return shown === undefined || (!hasEnded(event) && shown.datasets.some(({ job }) => job === event.id))
}
