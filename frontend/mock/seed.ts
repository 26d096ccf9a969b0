import type { Dataset, Entry, Pool, Snapshot, User, Vdev } from '../src/api/types'

/** A small home server, the same at every start but for the dates, which are counted back from now. */
export const HOUR = 3_600_000
export const iso = (ago: number, now = Date.now()) =>
  new Date(Math.floor((now - ago) / 1000) * 1000).toISOString()
/** Snapshots are named after their minute, which must not depend on when they are asked for. */
const START = Date.now()

export const users: User[] = [
  {
    id: 1,
    name: 'admin',
    role: 'admin',
    disabled: false,
    restricted: false,
    created_at: iso(900 * HOUR),
    last_login_at: iso(HOUR),
  },
  {
    id: 2,
    name: 'vera',
    role: 'viewer',
    disabled: false,
    restricted: false,
    created_at: iso(400 * HOUR),
    last_login_at: null,
  },
  {
    id: 3,
    name: 'mia',
    role: 'viewer',
    disabled: false,
    restricted: true,
    created_at: iso(30 * HOUR),
    last_login_at: null,
  },
]

const vdev = (name: string, kind: string, children: Vdev[] = [], checksum_errors = 0): Vdev => ({
  name,
  kind,
  class: 'normal',
  state: 'online',
  read_errors: 0,
  write_errors: 0,
  checksum_errors,
  path: kind === 'disk' ? `/dev/disk/by-id/${name}` : null,
  children,
})

export const pools: Pool[] = [
  {
    name: 'tank',
    guid: '11',
    state: 'online',
    status: null,
    action: null,
    size: 4e12,
    allocated: 1.7e12,
    free: 2.3e12,
    capacity: 42,
    fragmentation: 7,
    scan: {
      kind: 'scrub',
      state: 'finished',
      started: iso(80 * HOUR),
      ended: iso(78 * HOUR),
      errors: 0,
      percent: null,
    },
    data_errors: 0,
    vdevs: [vdev('mirror-0', 'mirror', [vdev('ata-A1', 'disk'), vdev('ata-A2', 'disk', [], 3)])],
  },
]

const dataset = (name: string, more: Partial<Dataset> = {}): Dataset => ({
  name,
  guid: `guid of ${name}`,
  pool: 'tank',
  kind: 'filesystem',
  used: 4.2e11,
  available: 2.2e12,
  referenced: 3.9e11,
  used_by_snapshots: 3e10,
  mountpoint: `/${name}`,
  mounted: true,
  readonly: false,
  key_status: 'none',
  origin: null,
  created: iso(9000 * HOUR),
  files: { reachable: true, reason: null, detail: null },
  ...more,
})

export const datasets: Dataset[] = [
  dataset('tank'),
  dataset('tank/home'),
  dataset('tank/media', { used: 1.1e12 }),
  dataset('tank/secret', {
    mounted: false,
    key_status: 'unavailable',
    files: {
      reachable: false,
      reason: 'key_not_loaded',
      detail:
        'The key of tank/secret is not loaded. Load it with “zfs load-key tank/secret”, then “zfs mount tank/secret”.',
    },
  }),
  dataset('tank/vm', {
    kind: 'volume',
    mountpoint: null,
    mounted: false,
    files: { reachable: false, reason: 'volume', detail: 'A volume holds blocks, not files.' },
  }),
]

/** Three weeks: hourly for two days, daily before. Newest first. */
export function snapshotsOf(name: string): Snapshot[] {
  const ages = [
    ...Array.from({ length: 48 }, (_, i) => (i + 1) * HOUR),
    ...Array.from({ length: 19 }, (_, i) => (i + 3) * 24 * HOUR),
  ]
  return ages.map((age, i) => {
    const created = iso(age, START)
    const tag = `${age < 49 * HOUR ? 'hourly' : 'daily'}-${created.slice(0, 16).replace('T', '-').replace(':', '')}`
    return {
      name: `${name}@${tag}`,
      tag,
      dataset: name,
      guid: String(90_000 - i),
      createtxg: 90_000 - i,
      created,
      used: (i % 7) * 1_300_000,
      referenced: 3.9e11,
      written: ((i * 7919) % 13) ** 5 * 900,
      holds: i === 4 ? 1 : 0,
      clones: i === 6 ? ['tank/copy'] : [],
    }
  })
}

export const entry = (path: string, more: Partial<Entry> = {}): Entry => ({
  name: decodeURIComponent(path.slice(path.lastIndexOf('/') + 1)),
  path,
  kind: 'file',
  size: 184_320,
  allocated: 188_416,
  modified: '2026-05-02T12:05:09.123456789Z',
  changed: '2026-05-02T12:05:09.123456789Z',
  created: '2025-01-15T08:00:00Z',
  mode: 0o100640,
  owner: 'anna',
  group: 'users',
  uid: 1000,
  gid: 100,
  links: 1,
  target: null,
  inode: '77',
  mountpoint: false,
  ...more,
})

export const folder = (path: string): Entry => entry(path, { kind: 'directory', size: 9, mode: 0o40755 })
