import { useDebouncedValue } from '@mantine/hooks'
import { useQueries } from '@tanstack/react-query'

import { restorePlanQuery } from '../../api/queries'
import { type Choices, requestOf } from './choices'
import type { RestoreGroup } from './restore-groups'

/** So many milliseconds the choices must have stayed the same before they are planned. */
const SETTLED = 250

/** A plan for each group, computed anew with each change of the choices. */
export function usePlans(groups: RestoreGroup[], choices: Choices) {
  const [settled] = useDebouncedValue(choices, SETTLED)
  const requests = groups.map((group) => requestOf(group, settled))
  const queries = useQueries({ queries: requests.map((request) => restorePlanQuery(request)) })
  const fresh = settled === choices
  return {
    plans: groups.flatMap((group, i) => {
      const [request, query] = [requests[i], queries[i]]
      return request === undefined || query === undefined ? [] : [{ group, request, query }]
    }),
    /** What is shown is what was chosen. */
    ready: fresh && queries.every((query) => query.isSuccess && !query.isPlaceholderData),
    busy: !fresh || queries.some((query) => query.isFetching),
  }
}

export type GroupPlan = ReturnType<typeof usePlans>['plans'][number]
