import { useParams, useSearchParams } from 'react-router'

import { type FilesAddress, paths } from '../../util/paths'

/**
 * For steps of a key that repeats: the next one has to begin where this one ended, so the page must not put it off. The
 * way back leads out of the folder, not through all the steps.
 */
export const AT_ONCE = { replace: true, flushSync: true }

/** Where one is, as the address has it, and how to build the next address from it. */
export function useFilesAddress() {
  const { dataset = '' } = useParams()
  const [query] = useSearchParams()
  const at = query.get('at')
  const path = query.get('path') ?? ''
  const selected = query.get('selected')
  const deleted = query.get('deleted') === '1'
  const added = query.get('added') === '1'
  const compare = query.get('compare')
  const changes = at !== null && query.get('changes') === '1'
  const to = changes ? query.get('to') : null
  return {
    dataset,
    /** Null: now. */
    at,
    /** Percent-encoded, as the API has it; empty for the root. */
    path,
    selected,
    /** Show also what is no more. */
    deleted,
    /** Show also what has come since `at`. */
    added,
    /** Which two versions of the selected file are compared; null: none are. */
    compare,
    /** Show what changed since `at` instead of the folder. */
    changes,
    /** Until when; null: now. */
    to,
    /** This address with some of it changed. */
    urlOf: (change: FilesAddress) =>
      paths.files(dataset, { at, path, selected, deleted, added, changes, to, ...change }),
  }
}
