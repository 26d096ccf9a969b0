import type { EntryKind } from '../../api/types'

/** What can be restored; a device or a socket would be of no use. */
const RESTORABLE: ReadonlySet<EntryKind> = new Set<EntryKind>(['file', 'directory', 'symlink', 'fifo'])

export const KIND_REFUSAL = 'Only files, folders, links and pipes can be restored.'

export function isRestorable({ kind }: { kind: EntryKind }): boolean {
  return RESTORABLE.has(kind)
}
