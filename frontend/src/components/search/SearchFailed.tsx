import type { ApiError } from '../../api/errors'
import { ErrorNote } from '../../ui/ErrorNote'

/** Nothing can be searched now; what to do, or that it comes back by itself. */
export function SearchFailed({ error, onRetry }: { error: ApiError; onRetry: () => void }) {
  const away = error.code === 'search_unavailable'
  return (
    <ErrorNote
      title={
        away
          ? 'Search is not available now. All else works, and this page tries again by itself.'
          : 'The search failed'
      }
      error={error}
      onRetry={onRetry}
    />
  )
}
