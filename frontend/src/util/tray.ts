import type { EntryKind } from '../api/types'
import type { Past } from './past'
import { parentPath } from './relpath'
import { formatBytes, plural } from './sizes'

/** Something gathered to be restored or downloaded. The same thing from another moment is another item. */
export type TrayItem = {
  dataset: string
  /** As the API has it. */
  path: string
  /** The moment it is taken from; null: as it is now, which can be downloaded but not restored. */
  from: Past | null
  kind: EntryKind
  /** Bytes of a file; null: not known, as of a folder. */
  size: number | null
}

/** What tells an item from all others. A moment has several forms in the API, but one tag in its dataset. */
export type TrayPlace = Pick<TrayItem, 'dataset' | 'path' | 'from'>

export function trayKey({ dataset, path, from }: TrayPlace): string {
  return `${dataset}@${from?.tag ?? ''}/${path}`
}

/** The items with more of them at the end; what is there already keeps its place. */
export function withAdded(items: TrayItem[], more: TrayItem[]): TrayItem[] {
  const all = new Map([...items, ...more].map((item) => [trayKey(item), item]))
  return all.size === items.length ? items : [...all.values()]
}

export function without(items: TrayItem[], taken: TrayPlace[]): TrayItem[] {
  const keys = new Set(taken.map(trayKey))
  const left = items.filter((item) => !keys.has(trayKey(item)))
  return left.length === items.length ? items : left
}

export type TrayGroup = { dataset: string; from: Past | null; items: TrayItem[] }

/** By dataset and moment, in the order in which the first of each was gathered. */
export function trayGroups(items: TrayItem[]): TrayGroup[] {
  const groups = new Map<string, TrayGroup>()
  for (const item of items) {
    const key = trayKey({ ...item, path: '' })
    const group = groups.get(key) ?? { dataset: item.dataset, from: item.from, items: [] }
    group.items.push(item)
    groups.set(key, group)
  }
  return [...groups.values()]
}

/** The paths without those that are in a folder which is among them: they come with it. */
export function outermost(paths: string[]): string[] {
  const all = new Set(paths)
  return [...all].filter((path) => !foldersOf(path).some((folder) => all.has(folder)))
}

function foldersOf(path: string): string[] {
  if (path === '') return []
  const folder = parentPath(path)
  return [folder, ...foldersOf(folder)]
}

/** `3 files, 1.20 GiB, and 2 folders`. */
export function traySummary(items: TrayItem[]): string {
  const folders = items.filter(({ kind }) => kind === 'directory').length
  const others = items.filter(({ kind }) => kind !== 'directory')
  const bytes = others.reduce((sum, { size }) => sum + (size ?? 0), 0)
  const what = others.every(({ kind }) => kind === 'file') ? 'file' : 'item'
  const parts = [
    others.length > 0 ? `${plural(others.length, what)}, ${formatBytes(bytes)}` : null,
    folders > 0 ? plural(folders, 'folder') : null,
  ].filter((part) => part !== null)
  return parts.join(', and ')
}

const KEY = 'nasman.tray'
const VERSION = 1

/** What a user had gathered in this tab before the page was loaded again. What is not understood is left out. */
export function readTray(user: number): TrayItem[] {
  try {
    const stored = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Record<string, unknown> | null
    if (stored?.version !== VERSION || stored.user !== user || !Array.isArray(stored.items)) return []
    return withAdded([], stored.items.filter(isItem))
  } catch {
    return []
  }
}

export function writeTray(user: number, items: TrayItem[]): void {
  try {
    if (items.length === 0) sessionStorage.removeItem(KEY)
    else sessionStorage.setItem(KEY, JSON.stringify({ version: VERSION, user, items }))
  } catch {
    // Full, or forbidden: the tray then lives as long as the page.
  }
}

export function forgetTray(): void {
  writeTray(0, [])
}

const KINDS: ReadonlySet<unknown> = new Set<EntryKind>([
  'file',
  'directory',
  'symlink',
  'fifo',
  'socket',
  'block',
  'char',
])

function isItem(value: unknown): value is TrayItem {
  if (!isRecord(value)) return false
  const { dataset, path, from, kind, size } = value
  return (
    typeof dataset === 'string' &&
    dataset !== '' &&
    typeof path === 'string' &&
    (from === null || isPast(from)) &&
    KINDS.has(kind) &&
    (size === null || (typeof size === 'number' && size >= 0))
  )
}

function isPast(value: unknown): value is Past {
  return isRecord(value) && [value.at, value.tag, value.created].every((part) => typeof part === 'string')
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
