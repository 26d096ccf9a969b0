import type { components, paths as published } from './schema'

/** What the server's next contract adds, until `schema.d.ts` is generated from it. Used through `types.ts` and `client.ts` only. */
type Schemas = components['schemas']

/** A state that shows something. `snapshot` is its own name within the dataset; null: live. */
export type Sighting = { snapshot?: string | null; at: string }

export type Deleted = { last: Sighting; first: Sighting; snapshots: number; moved: boolean }
export type Entry = Omit<Schemas['Entry'], 'allocated'> & {
  allocated?: number | null
  deleted?: Deleted | null
}
export type Listing = Omit<Schemas['Listing'], 'items'> & {
  items: Entry[]
  source: 'catalog' | 'filesystem'
  as_of?: string | null
  note?: string | null
}

export type Version = {
  kind: Schemas['EntryKind']
  size: number
  modified?: string | null
  changed?: string | null
  created?: string | null
  mode: number
  uid: number
  gid: number
  owner: string
  group: string
  inode: string
  target?: string | null
  live: boolean
  first: Sighting
  last: Sighting
  snapshots: number
  here: boolean
  path?: string | null
}
export type VersionPage = {
  dataset: string
  path: string
  items: Version[]
  next?: string | null
  as_of?: string | null
  note?: string | null
}

export type Side = { size: number; modified?: string | null }
export type Difference = {
  path: string
  name: string
  kind: Schemas['EntryKind']
  differs: 'created' | 'removed' | 'modified' | 'attributes' | 'moved'
  moved_from?: string | null
  before?: Side | null
  after?: Side | null
}
export type DifferencePage = {
  dataset: string
  path: string
  from: Sighting
  to: Sighting
  items: Difference[]
  next?: string | null
  total: number
  bytes: number
}

export type Coverage = { total: number; indexed: number; failed: number }
export type IndexMeans = 'nothing' | 'ioctl' | 'zfs_diff' | 'walk'
export type IndexRun = {
  at: string
  snapshot?: string | null
  means: IndexMeans
  passed: { means: IndexMeans; reason: string }[]
  objects: number
  directories: number
  gone: number
  took_ms: number
  findings_total: number
  findings: { path: string; detail: string }[]
  error?: string | null
}
export type IndexedDataset = {
  dataset: string
  guid: string
  state: 'current' | 'indexing' | 'waiting' | 'unreachable' | 'excluded'
  detail?: string | null
  job?: string | null
  snapshots: Coverage
  live_as_of?: string | null
  live_interval?: number | null
  excluded: boolean
  last_run?: IndexRun | null
}
export type IndexedDatasetDetails = IndexedDataset & {
  runs: IndexRun[]
  failed: { snapshot: string; reason: string }[]
}
export type IndexStatus = {
  enabled: boolean
  live_interval: number
  exclude: string[]
  bytes: number
  snapshots: Coverage
  datasets: IndexedDataset[]
  next?: string | null
}
export type IndexChange = { live_interval?: number | null; excluded?: boolean }

export type IndexResult = {
  snapshots: number
  objects: number
  directories: number
  gone: number
  findings: number
  live_as_of?: string | null
}
export type Job = Schemas['Job'] & {
  rate?: number | null
  remaining?: number | null
  index?: IndexResult | null
}
export type JobList = { items: Job[]; next?: string | null }

type Answer<Status extends number, T> = {
  [status in Status]: { headers: Record<string, unknown>; content: { 'application/json': T } }
}
type Call<Path, Query, Status extends number, T> = {
  parameters: { query?: Query; header?: never; cookie?: never } & Path
  requestBody?: never
  responses: Answer<Status, T>
}
type WithBody<C, Body> = Omit<C, 'requestBody'> & { requestBody: { content: { 'application/json': Body } } }
type Page = { limit?: number; cursor?: string }
type OfDataset = { path: { dataset: string } }
type NoPath = { path?: never }

type Added = {
  '/api/v1/datasets/{dataset}/files': {
    get: Call<OfDataset, Page & { path?: string; at?: string; deleted?: boolean }, 200, Listing>
  }
  '/api/v1/datasets/{dataset}/versions': { get: Call<OfDataset, Page & { path: string }, 200, VersionPage> }
  '/api/v1/datasets/{dataset}/diff': {
    get: Call<OfDataset, Page & { from: string; to?: string; path?: string }, 200, DifferencePage>
  }
  '/api/v1/index': { get: Call<NoPath, never, 200, IndexStatus> }
  '/api/v1/index/{dataset}': {
    get: Call<OfDataset, never, 200, IndexedDatasetDetails>
    post: WithBody<Call<OfDataset, never, 202, Job>, { from_scratch?: boolean }>
    patch: WithBody<Call<OfDataset, never, 200, IndexedDataset>, IndexChange>
  }
  '/api/v1/jobs': {
    get: Call<NoPath, Page & { state?: Schemas['JobState']; kind?: string }, 200, JobList>
  }
}

export type paths = Omit<published, keyof Added> & Added
