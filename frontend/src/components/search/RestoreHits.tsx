import type { Hit } from '../../api/search-types'
import { restoreGroups } from '../../forms/restore/restore-groups'
import { RestoreDialog } from '../../forms/restore/RestoreDialog'
import { RestoreManyDialog } from '../../forms/restore/RestoreManyDialog'
import { pastOfHit } from './hits'

/** Restores hits, each from the moment at which it was found. */
export function RestoreHits({ hits, onClose }: { hits: Hit[]; onClose: () => void }) {
  const items = hits.flatMap((hit) => {
    const from = pastOfHit(hit)
    return from === null ? [] : [{ dataset: hit.dataset.name, from, path: hit.path }]
  })
  const groups = restoreGroups(items)
  const [only] = groups
  return groups.length === 1 && only !== undefined ? (
    <RestoreDialog {...only} onClose={onClose} />
  ) : (
    <RestoreManyDialog groups={groups} onClose={onClose} />
  )
}
