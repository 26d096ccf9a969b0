import type { HeldBy, Hit, HitCategory } from '../src/api/search-types'
import type { Entry, Sighting, Snapshot } from '../src/api/types'
import { extension } from '../src/util/names.ts'
import { versionsOf } from './history.ts'
import { snapshotsOf } from './seed.ts'
import { allEntries, isGone } from './tree.ts'

/** A version that can be found; without what only a search knows of it. */
export type Document = Omit<Hit, 'matches'> & { ext: string; folder: string; latest: boolean }

const CATEGORIES: [HitCategory, string][] = [
  ['picture', 'jpg png'],
  ['video', 'mkv'],
  ['audio', 'flac'],
  ['document', 'pdf odt txt md'],
  ['archive', 'zip'],
  ['code', 'rs'],
]

const heldBy = ({ tag, guid, created }: Snapshot): HeldBy => ({ name: tag, guid, created_at: created })

/** Every version of every file of tank/home, with films and music in tank/media, and a few files of another host. */
export function documents(): Document[] {
  const snapshots = snapshotsOf('tank/home')
  const ours = allEntries().flatMap((entry, i) => versions(entry, i, snapshots))
  const others = ours
    .filter(({ latest, kind }) => latest && kind === 'file')
    .filter((_, i) => i % 200 === 0)
    .map((one): Document => ({
      ...one,
      host: 'attic',
      here: false,
      dataset: { guid: '771', name: 'cold/copies' },
      versions: null,
      at: null,
      state: 'live',
      first_seen: null,
      last_seen: null,
      deleted_at: null,
    }))
  return [...ours, ...others]
}

function versions(entry: Entry, i: number, snapshots: Snapshot[]): Document[] {
  const known =
    entry.kind === 'directory' || !/^(notes\.md|Documents\/)/.test(entry.path)
      ? null
      : versionsOf(entry.path, snapshots)
  if (known === null) {
    const newest = isGone(entry) ? 3 + (i % 30) : 0
    return [
      document(
        entry,
        { latest: true, count: 1, newest: snapshots[newest], oldest: snapshots.at(-1) },
        snapshots,
      ),
    ]
  }
  const snapshot = (sighting: Sighting) => snapshots.find(({ tag }) => tag === sighting.snapshot)
  return known
    .filter(({ here }) => here)
    .map(({ size, modified, first, last }, n) =>
      document(
        { ...entry, size: Math.round(size), modified },
        { latest: n === 0, count: known.length, newest: snapshot(last), oldest: snapshot(first) },
        snapshots,
      ),
    )
}

type Life = { latest: boolean; count: number; newest: Snapshot | undefined; oldest: Snapshot | undefined }

function document(entry: Entry, life: Life, snapshots: Snapshot[]): Document {
  const { latest, count, newest, oldest } = life
  const state = !latest ? 'earlier' : isGone(entry) ? 'deleted' : 'live'
  const after = newest === undefined ? undefined : snapshots[snapshots.indexOf(newest) - 1]
  const ext = entry.kind === 'file' ? extension(entry.name) : ''
  const category =
    entry.kind === 'directory'
      ? 'folder'
      : (CATEGORIES.find(([, list]) => list.split(' ').includes(ext))?.[0] ?? 'other')
  const media = category === 'video' || category === 'audio'
  return {
    host: 'mock',
    here: true,
    dataset: media ? { guid: '302', name: 'tank/media' } : { guid: '301', name: 'tank/home' },
    path: entry.path,
    name: entry.name,
    kind: entry.kind,
    category,
    size: entry.size,
    modified: entry.modified,
    owner: { uid: entry.uid, name: entry.owner },
    state,
    versions: count,
    first_seen: oldest === undefined ? null : heldBy(oldest),
    last_seen: newest === undefined ? null : heldBy(newest),
    deleted_at:
      state === 'deleted' ? { after: newest?.created ?? null, before: after?.created ?? null } : null,
    at: state === 'live' ? null : (newest?.tag ?? null),
    ext,
    folder: entry.path.split('/').slice(0, -1).map(decodeURIComponent).join('/'),
    latest,
  }
}
