import type { components, paths } from './schema'
import type { Job, JobList, Moment } from './types'

/** What restores, their undoing and downloads are asked with and answer, by the names that the API has. */
type Schemas = components['schemas']

export type EntryKind = Schemas['EntryKind']
export type RestoreTarget = Schemas['RestoreTarget']
export type Existing = Schemas['Existing']
export type NotKept = Schemas['NotKept']
export type ConflictPolicy = 'rename' | 'overwrite' | 'overwrite_older' | 'overwrite_different' | 'skip'

export type RestoreRequest = {
  dataset: string
  at: string
  paths: string[]
  to?: RestoreTarget | null
  on_conflict?: ConflictPolicy
  /** For single entries, by their path in the snapshot. */
  choices?: { path: string; on_conflict: ConflictPolicy }[]
  added_since?: 'leave' | 'move_aside'
  keep_setid?: boolean
  plan?: string | null
}

/** What is in a folder. */
export type Contents = { files: number; folders: number; others: number; bytes: number }

export type PlanAction = 'create' | 'keep_both' | 'replace' | 'merge' | 'move_aside' | 'skip' | 'refused'

export type PlanItem = Omit<Schemas['PlanItem'], 'action'> & {
  action: PlanAction
  contents?: Contents | null
  /** Of a folder, where what came into it since is moved. */
  aside?: string | null
}

export type RestorePlan = {
  plan: string
  snapshot: Moment
  /** One for each path asked for. */
  items: PlanItem[]
  files: number
  folders: number
  bytes: number
  clone_bytes: number
  copy_bytes: number
  /** Space at the target. */
  available: number
  conflicts: number
  /** The first ones, wherever they are. */
  conflict_items: PlanItem[]
  /** Names that are taken by what looks the same, and is left. */
  unchanged: number
  /** What can't be restored, wherever it is; the first ones. */
  refused: { count: number; items: PlanItem[] }
  added_since: { count: number; items: string[] }
  not_kept: { what: string; why: string; count: number }[]
  guard_snapshot: boolean
  warnings: string[]
}

export type RestoredItem = Omit<Schemas['RestoredItem'], 'action'> & {
  action: PlanAction
  kind?: EntryKind | null
  /** What undoing it came to; null: that was not tried. */
  undone?: 'undone' | 'left' | 'failed' | null
  undo_error?: string | null
}
export type RestoreOutcome = RestoredItem['outcome']

export type RestoreResult = {
  restored: number
  skipped: number
  failed: number
  /** What is there looks the same. */
  unchanged: number
  bytes: number
  guard_snapshot?: string | null
  /** Failures first; not all where there are many. */
  items: RestoredItem[]
}

/** What came of undoing a restore. */
export type UndoResult = { undone: number; left: number; failed: number; items: RestoredItem[] }

export type RestoreCounts = {
  restored: number
  skipped: number
  failed: number
  bytes: number
  /** Of those restored: undone, left when the rest was undone, and could not be undone. */
  undone: number
  left: number
  not_undone: number
}
export type Undo = {
  state: 'possible' | 'running' | 'done' | 'impossible'
  /** Why it can't be done, or has to be done again. */
  why?: string | null
  /** The job that undoes it, or did. */
  job?: string | null
}
export type Restore = { job: Job; counts: RestoreCounts; undo: Undo }
export type RestoredPage = { items: RestoredItem[]; next?: string | null }

export type DownloadFormat = 'zip' | 'tar.zst'
export type DownloadRequest = {
  format: DownloadFormat
  items: { dataset: string; at?: string; paths: string[] }[]
}
export type Download = { id: string; address: string; expires_at: string; name: string }

export type Right = 'browse' | 'restore_in_place' | 'restore_elsewhere'
export type Grant = { dataset: string; beneath: boolean; rights: Right[] }

type Body<T> = { content: { 'application/json': T } }
type Answers<Status extends number, T> = Record<
  Status,
  { headers: Record<string, unknown>; content: { 'application/json': T } }
>
type ById = { path: { id: string } }

/** The addresses, in the form that the client is typed by. */
export interface RestorePaths {
  '/api/v1/restores/plan': {
    post: { parameters: object; requestBody: Body<RestoreRequest>; responses: Answers<200, RestorePlan> }
  }
  '/api/v1/restores': {
    post: { parameters: object; requestBody: Body<RestoreRequest>; responses: Answers<202, Job> }
  }
  '/api/v1/restores/{id}': {
    get: { parameters: ById; responses: Answers<200, Restore> }
  }
  '/api/v1/restores/{id}/items': {
    get: {
      parameters: ById & { query?: { outcome?: RestoreOutcome; cursor?: string; limit?: number } }
      responses: Answers<200, RestoredPage>
    }
  }
  '/api/v1/restores/{id}/undo': {
    post: { parameters: ById; responses: Answers<202, Job> }
  }
  '/api/v1/jobs': {
    get: {
      parameters: { query?: { state?: Job['state']; kind?: string; cursor?: string; limit?: number } }
      responses: Answers<200, JobList>
    }
  }
  '/api/v1/jobs/{id}': Omit<paths['/api/v1/jobs/{id}'], 'get'> & {
    get: { parameters: ById; responses: Answers<200, Job> }
  }
  '/api/v1/downloads': {
    post: { parameters: object; requestBody: Body<DownloadRequest>; responses: Answers<201, Download> }
  }
}
