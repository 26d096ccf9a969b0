import type {
  ConflictPolicy,
  Entry,
  Job,
  Moment,
  PlanAction,
  PlanItem,
  Restore,
  RestoredItem,
  RestoredPage,
  RestorePlan,
  RestoreRequest,
} from '../src/api/types'
import { iso } from './seed.ts'
import { entriesOf, isGone } from './tree.ts'

/** Plans and restores that change nothing: what was deleted is created, anything else is in the way. */
export function mockRestores(momentOf: (dataset: string, at: string) => Moment | undefined) {
  const restores = new Map<string, Restore>()
  const itemsOf = new Map<string, RestoredItem[]>()

  function plan(wish: RestoreRequest): RestorePlan {
    const items = wish.paths.map((path) => planned(wish, entryAt(path)))
    const inside = wish.paths.flatMap((path) => filesBelow(path).map((entry) => planned(wish, entry)))
    const top = items.filter(({ kind }) => kind !== 'directory')
    const all = [...top, ...inside]
    const conflicts = all.filter(({ existing }) => existing !== null)
    const doable = all.filter(({ action }) => action !== 'skip' && action !== 'refused')
    const bytes = doable.reduce((sum, { size }) => sum + size, 0)
    const copied = wish.to != null && wish.to.dataset !== wish.dataset
    const added = wish.to == null && wish.paths.includes('Documents') ? ['Documents/New%20plan.odt'] : []
    return {
      plan: JSON.stringify({ ...wish, plan: null }),
      snapshot: momentOf(wish.dataset, wish.at) ?? { snapshot: '', tag: '', guid: wish.at, created: iso(0) },
      items,
      files: doable.length,
      folders: items.filter(({ kind }) => kind === 'directory').length,
      bytes,
      clone_bytes: copied ? 0 : bytes,
      copy_bytes: copied ? bytes : 0,
      available: 2.2e12,
      conflicts: conflicts.length,
      conflict_items: conflicts.slice(0, 200),
      unchanged: 0,
      refused: { count: 0, items: [] },
      added_since: { count: added.length, items: added },
      not_kept:
        wish.keep_setid === true || !wish.paths.includes('Documents')
          ? []
          : [
              {
                what: 'setuid',
                why: 'it is dropped, since an old program may be a vulnerable one',
                count: 2,
              },
            ],
      guard_snapshot: all.some(({ action }) => action === 'replace'),
      warnings: [],
    }
  }

  function start(wish: RestoreRequest, id: string): Job {
    const { bytes } = plan(wish)
    const done = wish.paths
      .flatMap((path) => [entryAt(path), ...filesBelow(path)])
      .map((entry) => restored(planned(wish, entry)))
    const count = (outcome: RestoredItem['outcome']) => done.filter((one) => one.outcome === outcome).length
    const job = jobOf(
      id,
      'restore',
      `Restore ${decodeURIComponent(wish.paths[0] ?? '')} from ${wish.dataset}`,
      bytes,
    )
    job.result = {
      restored: count('restored'),
      skipped: count('skipped'),
      failed: 0,
      unchanged: 0,
      items: done.slice(0, 1000),
      guard_snapshot: done.some(({ action }) => action === 'replace')
        ? `${wish.dataset}@nasman-guard-1`
        : null,
      bytes,
    }
    itemsOf.set(id, done)
    const counts = {
      restored: count('restored'),
      skipped: count('skipped'),
      failed: 0,
      bytes,
      undone: 0,
      left: 0,
      not_undone: 0,
    }
    restores.set(id, { job, counts, undo: { state: 'possible' } })
    return job
  }

  function undo(id: string, jobId: string): Job | null {
    const restore = restores.get(id)
    if (restore?.undo.state !== 'possible') return null
    const job = jobOf(jobId, 'undo_restore', `Undo: ${restore.job.title}`, 0)
    job.undo = { undone: restore.counts.restored, left: 0, failed: 0, items: [] }
    const counts = { ...restore.counts, undone: restore.counts.restored }
    restores.set(id, { ...restore, counts, undo: { state: 'done', job: job.id } })
    return job
  }

  function items(id: string, query: URLSearchParams): RestoredPage {
    const outcome = query.get('outcome')
    const all = (itemsOf.get(id) ?? []).filter((item) => outcome === null || item.outcome === outcome)
    const from = Number(query.get('cursor') ?? 0)
    const limit = Number(query.get('limit') ?? 100)
    return {
      items: all.slice(from, from + limit),
      next: from + limit < all.length ? String(from + limit) : null,
    }
  }

  return { plan, start, undo, items, find: (id: string) => restores.get(id) }
}

const parent = (path: string) => path.split('/').slice(0, -1).join('/')

function entryAt(path: string): Entry | undefined {
  return entriesOf(parent(path), false)?.find((entry) => entry.path === path) ?? folderAt(path)
}

/** The deleted folder is in no listing of the root. */
function folderAt(path: string): Entry | undefined {
  const [inside] = entriesOf(path, false) ?? []
  return inside && { ...inside, path, kind: 'directory' }
}

function filesBelow(path: string): Entry[] {
  return (entriesOf(path, false) ?? []).flatMap((entry) =>
    entry.kind === 'directory' ? filesBelow(entry.path) : [entry],
  )
}

/** Whether something else has the name by now; of the drafts somebody has made another. */
function isTaken(entry: Entry): boolean {
  return !isGone(entry) || entry.name.startsWith('draft-')
}

function planned(wish: RestoreRequest, entry: Entry | undefined): PlanItem {
  const { path = '', kind = 'file', size = 184_320 } = entry ?? {}
  const folder = entry !== undefined && kind === 'directory'
  const taken = entry !== undefined && !folder && isTaken(entry)
  const chosen = wish.choices?.find((choice) => choice.path === path)?.on_conflict
  const action = folder
    ? isGone(entry)
      ? 'create'
      : 'merge'
    : taken
      ? ACTION[chosen ?? wish.on_conflict ?? 'rename']
      : ('create' satisfies PlanAction)
  const name = path.slice(path.lastIndexOf('/') + 1)
  const target = [wish.to?.path ?? parent(path), name].filter((part) => part !== '').join('/')
  const below = folder ? filesBelow(path) : []
  return {
    path,
    target_dataset: wish.to?.dataset ?? wish.dataset,
    target_path: `${target}${action === 'keep_both' ? '%20%28restored%29' : ''}`,
    target_name: decodeURIComponent(name),
    kind,
    size: folder ? 0 : size,
    modified: '2026-05-02T12:05:09Z',
    action,
    detail: null,
    existing: taken ? { size: 190_000, modified: '2026-06-01T10:00:00Z', kind: 'file' } : null,
    method: 'clone',
    not_kept: [],
    contents: folder
      ? {
          files: below.length,
          folders: 0,
          others: 0,
          bytes: below.reduce((sum, one) => sum + one.size, 0),
        }
      : null,
  }
}

/** What is in the way is newer, and different. */
const ACTION: Record<ConflictPolicy, PlanAction> = {
  rename: 'keep_both',
  overwrite: 'replace',
  overwrite_older: 'skip',
  overwrite_different: 'replace',
  skip: 'skip',
}

function restored({
  kind,
  path,
  target_dataset,
  target_path,
  target_name,
  action,
  size,
}: PlanItem): RestoredItem {
  return {
    path,
    target_dataset,
    target_path,
    target_name,
    action,
    bytes: size,
    outcome: action === 'skip' ? 'skipped' : 'restored',
    means: kind === 'file' ? 'copy_file_range' : 'none',
    not_kept: [],
    error: null,
  }
}

function jobOf(id: string, kind: string, title: string, bytes: number): Job {
  return {
    id,
    kind,
    title,
    state: 'succeeded',
    progress: { done: bytes, total: bytes, unit: 'bytes', message: null },
    user: 'admin',
    created_at: iso(2000),
    started_at: iso(1000),
    finished_at: iso(0),
    error: null,
    log: [{ at: iso(0), level: 'info', text: 'Done.' }],
    cancelable: false,
  }
}
