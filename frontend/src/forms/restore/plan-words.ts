import type { PlanItem, RestorePlan } from '../../api/types'
import { displayPath, displaySegment, lastSegment } from '../../util/relpath'
import { formatBytes, plural } from '../../util/sizes'

/** `14 files, 3 folders, 1.20 GiB, 2 conflicts`. */
export function totalWords(plan: Pick<RestorePlan, 'files' | 'folders' | 'bytes' | 'conflicts'>): string {
  const { files, folders, bytes, conflicts } = plan
  return [
    plural(files, 'file'),
    folders === 0 ? null : plural(folders, 'folder'),
    formatBytes(bytes),
    conflicts === 0 ? null : plural(conflicts, 'conflict'),
  ]
    .filter((part) => part !== null)
    .join(', ')
}

/** How the content comes over, and what room it takes. Null: there is none. */
export function methodWords(
  plan: Pick<RestorePlan, 'clone_bytes' | 'copy_bytes' | 'available'>,
): string | null {
  const { clone_bytes: cloned, copy_bytes: copied, available } = plan
  const there = `${formatBytes(available)} are free there`
  if (copied === 0) {
    return cloned === 0 ? null : `${formatBytes(cloned)} are shared inside the pool: no time, no extra space.`
  }
  const copy = `${formatBytes(copied)} are copied and need as much space; ${there}.`
  return cloned === 0 ? copy : `${formatBytes(cloned)} are shared inside the pool, in no time. ${copy}`
}

/** Whether what has to be copied does not fit. */
export function lacksSpace({
  copy_bytes,
  available,
}: Pick<RestorePlan, 'copy_bytes' | 'available'>): boolean {
  return copy_bytes > available
}

const ACTION: Record<PlanItem['action'], string> = {
  create: 'is put back as',
  merge: 'is put back into',
  move_aside: 'is moved aside to',
  keep_both: 'is put beside what is there, as',
  replace: 'replaces',
  skip: 'is skipped: there is already',
  refused: 'can’t be restored to',
}

export function actionWords({ action }: PlanItem): string {
  return ACTION[action]
}

export function nameOf({ path }: PlanItem): string {
  return path === '' ? 'The whole dataset' : displaySegment(lastSegment(path))
}

export function targetWords({ target_path, target_dataset }: PlanItem): string {
  return `${displayPath(target_path)} in ${target_dataset}`
}

/** What is in a folder: `14 files, 3 folders, 1.20 GiB`. */
export function contentWords({ files, folders, others, bytes }: NonNullable<PlanItem['contents']>): string {
  const parts = [
    files === 0 ? null : plural(files, 'file'),
    folders === 0 ? null : plural(folders, 'folder'),
    others === 0 ? null : plural(others, 'other thing'),
  ].filter((part) => part !== null)
  return parts.length === 0 ? 'empty' : [...parts, formatBytes(bytes)].join(', ')
}
