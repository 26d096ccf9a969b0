import type {
  IndexChange,
  IndexedDataset,
  IndexedDatasetDetails,
  IndexRun,
  IndexStatus,
  Job,
} from '../src/api/types'
import { HOUR, iso } from './seed.ts'

const run = (ago: number, more: Partial<IndexRun> = {}): IndexRun => ({
  at: iso(ago),
  snapshot: null,
  means: 'nothing',
  passed: [],
  objects: 0,
  directories: 0,
  gone: 0,
  took_ms: 4,
  findings_total: 0,
  findings: [],
  error: null,
  ...more,
})

const RUNS: IndexRun[] = [
  run(3 * 60_000),
  run(HOUR, {
    snapshot: 'hourly-1400',
    means: 'ioctl',
    objects: 1204,
    directories: 38,
    gone: 12,
    took_ms: 640,
  }),
  run(48 * HOUR, {
    snapshot: 'daily-2026-11-20',
    means: 'zfs_diff',
    passed: [{ means: 'ioctl', reason: 'the kernel does not allow it to this user.' }],
    objects: 3011,
    directories: 90,
    took_ms: 21_400,
    findings_total: 2,
    findings: [
      { path: 'Pictures/broken.raw', detail: 'Input/output error. See “zpool status -v tank”.' },
      { path: 'Documents/old', detail: 'It vanished while it was read.' },
    ],
  }),
]

const dataset = (name: string, more: Partial<IndexedDataset> = {}): IndexedDataset => ({
  dataset: name,
  guid: `guid of ${name}`,
  state: 'current',
  detail: null,
  job: null,
  snapshots: { total: 67, indexed: 67, failed: 0 },
  live_as_of: iso(3 * 60_000),
  live_interval: null,
  excluded: false,
  last_run: RUNS[0] ?? null,
  ...more,
})

/** What is indexed of the small home server: all of tank/home, half of tank/media, nothing of tank/secret. */
export function mockIndex() {
  const datasets = [
    dataset('tank'),
    dataset('tank/home', { last_run: RUNS[2] ?? null, snapshots: { total: 67, indexed: 66, failed: 1 } }),
    dataset('tank/media', {
      state: 'indexing',
      job: 'index-1',
      snapshots: { total: 67, indexed: 30, failed: 0 },
      live_as_of: null,
      live_interval: 900,
      last_run: run(20_000, {
        snapshot: 'daily-2026-11-02',
        means: 'walk',
        objects: 81_200,
        took_ms: 41_000,
      }),
    }),
    dataset('tank/secret', {
      state: 'unreachable',
      detail: 'Its key is not loaded. Load it with “zfs load-key tank/secret”.',
      snapshots: { total: 0, indexed: 0, failed: 0 },
      live_as_of: null,
      last_run: null,
    }),
  ]
  const find = (name: string) => datasets.find((one) => one.dataset === name)
  const sum = (of: 'total' | 'indexed' | 'failed') =>
    datasets.reduce((all, one) => all + (one.excluded ? 0 : one.snapshots[of]), 0)
  return {
    status: (): IndexStatus => ({
      enabled: true,
      live_interval: 300,
      exclude: ['node_modules', '.cache'],
      bytes: 48_300_000,
      snapshots: { total: sum('total'), indexed: sum('indexed'), failed: sum('failed') },
      search: { engine: 'embedded', state: 'ready', documents: 412_300, pending: 0, bytes: 31_400_000 },
      datasets,
    }),
    find,
    details: (one: IndexedDataset): IndexedDatasetDetails => ({
      ...one,
      runs: one.last_run == null ? [] : RUNS,
      failed:
        one.snapshots.failed > 0
          ? [{ snapshot: 'daily-2026-11-09', reason: 'Input/output error while its root was read.' }]
          : [],
    }),
    change: (one: IndexedDataset, change: IndexChange) => {
      if (change.live_interval !== undefined) one.live_interval = change.live_interval
      if (change.excluded != null) {
        one.excluded = change.excluded
        one.state = change.excluded ? 'excluded' : 'waiting'
      }
      return one
    },
    start: (one: IndexedDataset, job: Job) => {
      one.job = job.id
      one.state = 'indexing'
    },
    stop: (id: string) => {
      const one = datasets.find(({ job }) => job === id)
      if (one === undefined) return
      one.job = null
      one.state = 'waiting'
    },
  }
}

/** A job that goes on forever. */
export function indexJob(id: string, name: string): Job {
  return {
    id,
    kind: 'index',
    title: `Index ${name}`,
    state: 'processing',
    progress: { done: 81_200, total: 302_000, unit: 'files', message: 'walking daily-2026-11-02' },
    rate: 1200,
    remaining: 184,
    user: 'admin',
    created_at: iso(70_000),
    started_at: iso(68_000),
    finished_at: null,
    result: null,
    index: null,
    error: null,
    log: [{ at: iso(68_000), level: 'info', text: 'First sight: walking the oldest snapshot.' }],
    cancelable: true,
  }
}

export function indexedJob(id: string, name: string): Job {
  return {
    ...indexJob(id, name),
    state: 'succeeded',
    progress: null,
    rate: null,
    remaining: null,
    created_at: iso(HOUR),
    started_at: iso(HOUR),
    finished_at: iso(HOUR - 2400),
    index: { snapshots: 1, objects: 1204, directories: 38, gone: 12, findings: 0, live_as_of: iso(HOUR) },
    cancelable: false,
  }
}
