import type {
  Difference,
  DifferencePage,
  DifferenceSummary,
  Entry,
  Sighting,
  Snapshot,
  Tally,
  TimeLine,
  Version,
} from '../src/api/types'
import { entry, folder, iso } from './seed.ts'
import { entriesOf, isGone } from './tree.ts'

/** What the catalog would know: deleted names, versions, differences. Snapshots come newest first. */

const sighting = (snapshot: Snapshot | undefined): Sighting => ({
  snapshot: snapshot?.tag ?? null,
  at: snapshot?.created ?? iso(0),
})

/** What was in the folder before and is not there live. */
export function deletedIn(path: string, snapshots: Snapshot[]): Entry[] {
  const gone = (item: Entry, newest: number): Entry => ({
    ...item,
    allocated: null,
    deleted: {
      last: sighting(snapshots[newest]),
      first: sighting(snapshots.at(-1)),
      snapshots: snapshots.length - newest,
      moved: false,
    },
  })
  if (path === '') return [gone(folder('Old%20drafts'), 50)]
  if (path !== 'Documents') return []
  const lost = gone(entry('Documents/scratch.txt', { size: 40 }), 0)
  return [
    gone(entry('Documents/Thesis.md', { size: 52_100 }), 0),
    {
      ...lost,
      deleted: { last: sighting(undefined), first: sighting(undefined), snapshots: 0, moved: false },
    },
  ]
}

/** A file grows week by week; the notes were called otherwise at first. Null: no state had it. */
export function versionsOf(path: string, snapshots: Snapshot[]): Version[] | null {
  const parent = path.split('/').slice(0, -1).join('/')
  const found = entriesOf(parent, false)?.find((item) => item.path === path)
  if (found === undefined) return null
  const live = entriesOf(parent, true)?.some((item) => item.path === path) === true
  const cuts = path === 'notes.md' || path.endsWith('Thesis.md') ? [0, 9, 30, 52, 60] : [0]
  return cuts.map((newest, i): Version => {
    const oldest = (cuts[i + 1] ?? snapshots.length) - 1
    const renamed = path === 'notes.md' && i === 4
    return {
      kind: found.kind,
      size: [found.size, found.size * 0.8, found.size * 0.95, found.size * 0.3, found.size * 0.1][i] ?? 0,
      modified: snapshots[oldest]?.created ?? null,
      changed: null,
      created: null,
      mode: found.mode,
      uid: found.uid,
      gid: found.gid,
      owner: found.owner,
      group: found.group,
      inode: found.inode,
      target: found.target ?? null,
      live: live && i === 0,
      first: sighting(snapshots[oldest]),
      last: sighting(snapshots[newest]),
      snapshots: oldest - newest + 1,
      here: !renamed,
      path: renamed ? 'Documents/todo.md' : path,
    }
  })
}

export function differences(
  dataset: string,
  path: string,
  from: Snapshot,
  to: Snapshot | null,
): DifferencePage {
  const side = (size: number) => ({ size, modified: '2026-05-02T12:05:09Z' })
  const item = (
    at: string,
    differs: DifferencePage['items'][number]['differs'],
    before: number | null,
    after: number | null,
  ): DifferencePage['items'][number] => ({
    path: at,
    name: decodeURIComponent(at.slice(at.lastIndexOf('/') + 1)),
    kind: 'file',
    differs,
    moved_from: differs === 'moved' ? 'Documents/letter.odt' : null,
    before: before === null ? null : side(before),
    after: after === null ? null : side(after),
  })
  const items = [
    item('Documents/Tax%20return%202025.pdf', 'modified', 120_000, 184_320),
    item('Documents/Thesis.md', 'removed', 52_100, null),
    item('Documents/latest', 'attributes', 10, 10),
    item('Documents/Letters/letter.odt', 'moved', 9_000, 9_000),
    item('notes.md', 'created', null, 214),
  ].filter((one) => path === '' || one.path.startsWith(`${path}/`))
  return {
    dataset,
    path,
    from: sighting(from),
    to: to === null ? { snapshot: null, at: iso(0) } : sighting(to),
    items,
    next: null,
    total: items.length,
    bytes: items.reduce((sum, { before, after }) => sum + (after?.size ?? 0) - (before?.size ?? 0), 0),
  }
}

/** A folder in the past, and what became of each entry. */
export function comparedIn(path: string, added: boolean): Entry[] | undefined {
  const there = entriesOf(path, false)?.map((item): Entry => {
    if (isGone(item)) return { ...item, now: 'deleted' }
    if (item.name === 'notes.md') return { ...item, now: 'changed', size: item.size * 0.8 }
    if (item.name === 'letter.odt') return { ...item, now: 'moved', now_at: 'Documents/Letters/letter.odt' }
    return { ...item, now: 'same' }
  })
  if (!added || path !== '') return there
  return there && [...there, entry('shopping.txt', { size: 120, now: 'added' })]
}

export function timeLineOf(dataset: string, newestFirst: Snapshot[], liveAsOf: string | null): TimeLine {
  const items = newestFirst.toReversed().map(({ tag, guid, created, written }, i) => ({
    tag,
    guid,
    created,
    changed: i === 0 || liveAsOf === null ? null : { objects: Math.ceil(written / 9000), bytes: written },
  }))
  return {
    dataset,
    items,
    live: liveAsOf === null ? null : { objects: 3, bytes: 9000 },
    live_as_of: liveAsOf,
  }
}

export function summaryOf({
  dataset,
  path,
  from,
  to,
  items,
  total,
  bytes,
}: DifferencePage): DifferenceSummary {
  const tally = (differs: Difference['differs']): Tally => {
    const such = items.filter((item) => item.differs === differs)
    return {
      entries: such.length,
      bytes: such.reduce((sum, { before, after }) => sum + ((after ?? before)?.size ?? 0), 0),
    }
  }
  return {
    dataset,
    path,
    from,
    to,
    total,
    bytes,
    created: tally('created'),
    removed: tally('removed'),
    modified: tally('modified'),
    attributes: tally('attributes'),
    moved: tally('moved'),
  }
}

/** What is in every file; it has grown since. */
export function contentOf(past: boolean): string {
  const lines = Array.from({ length: 40 }, (_, i) => `- [ ] thing ${i + 1} of a **long** list`)
  if (!past) {
    lines.splice(20, 1, '- [x] thing 21 of a **longer** list')
    lines.push('', '| a | b |', '| - | - |', '| 1 | 2 |')
  }
  return `# Notes\n\nThe first line of a file.\n\n<p>Written in HTML.</p>\n\n${lines.join('\n')}\n`
}
