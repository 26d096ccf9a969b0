import { useMutation, useQueryClient } from '@tanstack/react-query'

import { forgetTray } from '../util/tray'
import { client, unwrap } from './client'
import { startDownload } from './downloads'
import { keys } from './keys'
import type {
  DestroyPlan,
  DownloadRequest,
  IndexChange,
  NewUser,
  RestoreRequest,
  TokenRequest,
  UserChange,
  UserGrants,
} from './types'

/** Signs in, and forgets whatever an earlier user had loaded. */
export function useSignIn() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (body: { name: string; password: string }) =>
      unwrap(client.POST('/api/v1/session', { body })),
    onSuccess: () => queryClient.getQueryCache().clear(),
  })
}

export function useSignOut() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: () => unwrap(client.DELETE('/api/v1/session')),
    onSuccess: () => {
      forgetTray()
      queryClient.setQueryData(keys.me, null)
      queryClient.removeQueries({ predicate: (query) => query.queryKey[0] !== keys.me[0] })
    },
  })
}

export function useChangePassword() {
  return useMutation({
    mutationFn: (body: { current: string; new: string }) =>
      unwrap(client.PUT('/api/v1/me/password', { body })),
  })
}

export function useTakeSnapshot(dataset: string) {
  const invalidate = useInvalidate()
  return useMutation({
    mutationFn: (body: { tag?: string; recursive?: boolean }) =>
      unwrap(client.POST('/api/v1/datasets/{dataset}/snapshots', { params: { path: { dataset } }, body })),
    onSuccess: () => invalidate(['snapshots'], ['moments'], keys.datasets),
  })
}

export function useDestroySnapshot(dataset: string) {
  const invalidate = useInvalidate()
  return useMutation({
    mutationFn: (plan: DestroyPlan) =>
      unwrap(
        client.DELETE('/api/v1/datasets/{dataset}/snapshots/{snapshot}', {
          params: { path: { dataset, snapshot: plan.guid }, query: { guid: plan.guid } },
        }),
      ),
    onSuccess: () => invalidate(['snapshots'], ['moments'], keys.datasets, keys.pools),
  })
}

export function useStartRestore() {
  const invalidate = useInvalidate()
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (body: RestoreRequest) => unwrap(client.POST('/api/v1/restores', { body })),
    onSuccess: (job) => {
      queryClient.setQueryData(keys.job(job.id), job)
      return invalidate(keys.allJobs)
    },
  })
}

/** Takes a restore back: what it made is removed, what it replaced put back. */
export function useUndoRestore(id: string) {
  const invalidate = useInvalidate()
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: () => unwrap(client.POST('/api/v1/restores/{id}/undo', { params: { path: { id } } })),
    onSuccess: (job) => {
      queryClient.setQueryData(keys.job(job.id), job)
      return invalidate(keys.restore(id), keys.allJobs)
    },
  })
}

/** Has what is asked for downloaded as one archive. */
export function useStartDownload() {
  return useMutation({
    mutationFn: ({ format, items }: DownloadRequest) => startDownload(format, items),
  })
}

export function useCancelJob() {
  const invalidate = useInvalidate()
  return useMutation({
    mutationFn: (id: string) => unwrap(client.DELETE('/api/v1/jobs/{id}', { params: { path: { id } } })),
    onSuccess: (_, id) => invalidate(keys.job(id), keys.allJobs, keys.allIndex),
  })
}

/** Looks for what is new in a dataset; `fromScratch` forgets what is known of it first. */
export function useIndexDataset(dataset: string) {
  const invalidate = useInvalidate()
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (fromScratch: boolean) =>
      unwrap(
        client.POST('/api/v1/index/{dataset}', {
          params: { path: { dataset } },
          body: { from_scratch: fromScratch },
        }),
      ),
    onSuccess: (job) => {
      queryClient.setQueryData(keys.job(job.id), job)
      return invalidate(keys.allIndex, keys.allJobs)
    },
  })
}

export function useChangeIndex(dataset: string) {
  const invalidate = useInvalidate()
  return useMutation({
    mutationFn: (body: IndexChange) =>
      unwrap(client.PATCH('/api/v1/index/{dataset}', { params: { path: { dataset } }, body })),
    onSuccess: () => invalidate(keys.allIndex),
  })
}

export function useCreateToken() {
  const invalidate = useInvalidate()
  return useMutation({
    mutationFn: (body: TokenRequest) => unwrap(client.POST('/api/v1/tokens', { body })),
    onSuccess: () => invalidate(keys.tokens),
  })
}

export function useRevokeToken() {
  const invalidate = useInvalidate()
  return useMutation({
    mutationFn: (id: number) => unwrap(client.DELETE('/api/v1/tokens/{id}', { params: { path: { id } } })),
    onSuccess: () => invalidate(keys.tokens),
  })
}

export function useCreateUser() {
  const invalidate = useInvalidate()
  return useMutation({
    mutationFn: (body: NewUser) => unwrap(client.POST('/api/v1/users', { body })),
    onSuccess: () => invalidate(keys.users),
  })
}

export function useChangeUser(id: number) {
  const invalidate = useInvalidate()
  return useMutation({
    mutationFn: (body: UserChange) =>
      unwrap(client.PATCH('/api/v1/users/{id}', { params: { path: { id } }, body })),
    onSuccess: () => invalidate(keys.users),
  })
}

export function useChangeGrants(id: number) {
  const invalidate = useInvalidate()
  return useMutation({
    mutationFn: (body: UserGrants) =>
      unwrap(client.PUT('/api/v1/users/{id}/grants', { params: { path: { id } }, body })),
    onSuccess: () => invalidate(keys.users, keys.allAudit),
  })
}

export function useDeleteUser() {
  const invalidate = useInvalidate()
  return useMutation({
    mutationFn: (id: number) => unwrap(client.DELETE('/api/v1/users/{id}', { params: { path: { id } } })),
    onSuccess: () => invalidate(keys.users, keys.tokens),
  })
}

function useInvalidate() {
  const queryClient = useQueryClient()
  return (...queryKeys: (readonly unknown[])[]) =>
    Promise.all(queryKeys.map((queryKey) => queryClient.invalidateQueries({ queryKey })))
}
