import type { Past } from '../../util/past'
import { isWithin } from '../../util/relpath'
import { outermost, type TrayItem, trayKey } from '../../util/tray'

/** What one request can restore: entries of one dataset from one moment. */
export type RestoreGroup = { dataset: string; from: Past; paths: string[] }

/** So many paths may a request name. */
const MOST_PATHS = 1000

/** So many requests are one restore for a person; their plans could not be read any more. */
export const MOST_GROUPS = 20

/**
 * Things by dataset and moment, the oldest moment first, so that of several versions of a file the newest comes last.
 * What is live is left out.
 */
export function restoreGroups(items: Pick<TrayItem, 'dataset' | 'from' | 'path'>[]): RestoreGroup[] {
  const groups = new Map<string, RestoreGroup>()
  for (const { dataset, from, path } of items) {
    if (from === null) continue
    const key = trayKey({ dataset, from, path: '' })
    const group = groups.get(key) ?? { dataset, from, paths: [] }
    group.paths.push(path)
    groups.set(key, group)
  }
  return [...groups.values()]
    .toSorted((a, b) => timeOf(a) - timeOf(b))
    .flatMap((group) => {
      const paths = outermost(group.paths)
      return Array.from({ length: Math.ceil(paths.length / MOST_PATHS) }, (_, i) => ({
        ...group,
        paths: paths.slice(i * MOST_PATHS, (i + 1) * MOST_PATHS),
      }))
    })
}

/** A moment whose time is not known counts as the oldest. */
function timeOf({ from }: RestoreGroup): number {
  return Date.parse(from.created) || 0
}

export function groupKey({ dataset, from, paths }: RestoreGroup): string {
  return trayKey({ dataset, from, path: paths[0] ?? '' })
}

/** Whether a group's restore brings a thing back: itself, or the folder that it is in. */
export function brings(group: RestoreGroup, item: Pick<TrayItem, 'dataset' | 'from' | 'path'>): boolean {
  return (
    group.dataset === item.dataset &&
    group.from.tag === item.from?.tag &&
    group.paths.some((path) => isWithin(item.path, path))
  )
}
