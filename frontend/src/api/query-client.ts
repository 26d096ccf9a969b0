import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'

import { isSignedOut, isTransient } from './errors'
import { keys } from './keys'

/** One for the application; tests make their own. */
export function makeQueryClient(): QueryClient {
  // Wherever a 401 comes from, the frame sees "nobody" and shows sign-in, which leads back.
  const onError = (error: unknown) => {
    if (isSignedOut(error)) client.setQueryData(keys.me, null)
  }
  const client = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        retry: (failures, error) => failures < 2 && isTransient(error),
      },
    },
  })
  return client
}
