import type { DownloadRequest, RestoreResult, UndoResult } from './restore-types'
import type { components, paths } from './schema'

/** The server's types by their own names. */
type Schemas = components['schemas']

export type Problem = Schemas['Problem']
export type Role = Schemas['Role']
export type User = Schemas['User']
export type UserChange = Schemas['UserChange']
export type NewUser = Schemas['NewUser']
export type Me = Schemas['Me']
export type Right = Schemas['Right']
export type Grant = Schemas['Grant']
export type UserGrants = Schemas['UserGrants']
export type AuditAction = Schemas['AuditAction']
export type AuditEntry = Schemas['AuditEntry']
export type AuditQuery = NonNullable<paths['/api/v1/audit']['get']['parameters']['query']>
export type Token = Schemas['Token']
export type NewToken = Schemas['NewToken']
export type TokenRequest = Schemas['NewTokenBody']
export type Pool = Schemas['Pool']
export type PoolState = Schemas['PoolState']
export type Scan = Schemas['Scan']
export type Vdev = Schemas['Vdev']
export type Dataset = Schemas['Dataset']
export type Snapshot = Schemas['Snapshot']
export type SnapshotPage = Schemas['SnapshotPage']
export type DestroyPlan = Schemas['DestroyPlan']
export type Moment = Schemas['Moment']
/** Every moment of a dataset, with how much changed in each. */
export type TimeLine = Schemas['TimeLine']
export type TimeLineMoment = Schemas['Tick']
export type Entry = Schemas['Entry']
export type Listing = Schemas['Listing']
export type Sighting = Schemas['Sighting']
export type Version = Schemas['Version']
export type VersionPage = Schemas['VersionPage']
export type Difference = Schemas['Difference']
export type DifferencePage = Schemas['DifferencePage']
export type DifferenceSummary = Schemas['DifferenceSummary']
export type Tally = Schemas['Tally']
/** What became of an entry between a moment and now. */
export type Now = Schemas['Now']
/** One dataset's part of a download. */
export type DownloadItem = DownloadRequest['items'][number]
export type {
  ConflictPolicy,
  Download,
  DownloadFormat,
  DownloadRequest,
  EntryKind,
  PlanAction,
  PlanItem,
  Restore,
  RestoreCounts,
  RestoredItem,
  RestoredPage,
  RestoreOutcome,
  RestorePlan,
  RestoreRequest,
  RestoreResult,
  UndoResult,
} from './restore-types'

export type JobState = Schemas['JobState']
export type JobKind = 'index' | 'restore' | 'undo_restore'
export type Job = Omit<Schemas['Job'], 'result'> & { result?: RestoreResult | null; undo?: UndoResult | null }
export type JobList = Omit<Schemas['Page_Job'], 'items'> & { items: Job[] }
export type IndexResult = Schemas['IndexResult']

export type Coverage = Schemas['Coverage']
export type IndexMeans = Schemas['IndexMeans']
export type IndexRun = Schemas['IndexRun']
export type IndexedDataset = Schemas['IndexedDataset']
export type IndexedDatasetDetails = Schemas['IndexedDatasetDetails']
export type IndexStatus = Schemas['IndexStatus']
export type IndexChange = Schemas['IndexChange']
