import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useSyncExternalStore } from 'react'

import { apiBase } from './client'
import { takeJobEvent } from './job-events'
import { keys } from './keys'
import type { Job } from './types'

let open = false
const listeners = new Set<() => void>()

function setOpen(next: boolean) {
  open = next
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Whether the server's events arrive; while they do not, lists have to be polled. */
export function useEventsOpen(): boolean {
  return useSyncExternalStore(subscribe, () => open)
}

/** How often to ask for something that events normally bring: not at all, or every three seconds. */
export function usePollInterval(): number | false {
  return useEventsOpen() ? false : 3000
}

/** After an answer that is no stream (signed out, a proxy's error) the browser gives up; we do not. */
const RETRY_AFTER = 10_000

/** Listens as long as the calling component lives. */
export function useEvents(): void {
  const queryClient = useQueryClient()
  useEffect(() => {
    if (typeof EventSource === 'undefined') return
    let source: EventSource
    let retry: ReturnType<typeof setTimeout> | undefined
    const listen = () => {
      source = new EventSource(`${apiBase}/api/v1/events`, { withCredentials: true })
      source.addEventListener('hello', () => {
        setOpen(true)
        // Whatever happened while nobody listened.
        void queryClient.invalidateQueries({ queryKey: keys.allJobs })
      })
      source.addEventListener('job', (event: MessageEvent<string>) => {
        takeJobEvent(queryClient, JSON.parse(event.data) as Job)
      })
      source.addEventListener('error', () => {
        setOpen(false)
        if (source.readyState === EventSource.CLOSED) retry = setTimeout(listen, RETRY_AFTER)
      })
    }
    listen()
    return () => {
      clearTimeout(retry)
      source.close()
      setOpen(false)
    }
  }, [queryClient])
}
