import type { Past } from '../../util/past'

/** What one request can restore: files of one dataset from one moment. */
export type RestoreGroup = { dataset: string; from: Past; paths: string[] }

/** So many files may a request name. */
const MOST_PATHS = 100

/** So many requests are one restore for a person; their plans could not be read any more. */
export const MOST_GROUPS = 20

/** Files by dataset and moment, the oldest moment first, so that of several versions of a file the newest comes last. */
export function restoreGroups(files: { dataset: string; from: Past; path: string }[]): RestoreGroup[] {
  const groups = new Map<string, RestoreGroup>()
  for (const { dataset, from, path } of files) {
    const key = `${dataset}@${from.at}`
    const group = groups.get(key) ?? { dataset, from, paths: [] }
    if (!group.paths.includes(path)) group.paths.push(path)
    groups.set(key, group)
  }
  return [...groups.values()]
    .toSorted((a, b) => Date.parse(a.from.created) - Date.parse(b.from.created))
    .flatMap((group) =>
      Array.from({ length: Math.ceil(group.paths.length / MOST_PATHS) }, (_, i) => ({
        ...group,
        paths: group.paths.slice(i * MOST_PATHS, (i + 1) * MOST_PATHS),
      })),
    )
}

export function groupKey({ dataset, from, paths }: RestoreGroup): string {
  return `${dataset}@${from.at}/${paths[0] ?? ''}`
}
