import { useParams, useSearchParams } from 'react-router'

import { type FilesAddress, paths } from '../../util/paths'

/** Where one is, as the address has it, and how to build the next address from it. */
export function useFilesAddress() {
  const { dataset = '' } = useParams()
  const [query] = useSearchParams()
  const at = query.get('at')
  const path = query.get('path') ?? ''
  const selected = query.get('selected')
  return {
    dataset,
    /** Null: now. */
    at,
    /** Percent-encoded, as the API has it; empty for the root. */
    path,
    selected,
    /** This address with some of it changed. */
    urlOf: (change: FilesAddress) => paths.files(dataset, { at, path, selected, ...change }),
  }
}
