import type * as next from './next'
import type { components } from './schema'

/** The server's types by their own names. */
type Schemas = components['schemas']

export type Problem = Schemas['Problem']
export type Role = Schemas['Role']
export type User = Schemas['User']
export type UserChange = Schemas['UserChange']
export type NewUser = Schemas['NewUser']
export type Me = Schemas['Me']
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
export type Entry = next.Entry
export type Listing = next.Listing
export type Sighting = next.Sighting
export type Version = next.Version
export type VersionPage = next.VersionPage
export type Difference = next.Difference
export type DifferencePage = next.DifferencePage
export type RestoreRequest = Schemas['RestoreRequest']
export type RestorePlan = Schemas['RestorePlan']
export type PlanItem = Schemas['PlanItem']
export type RestoreResult = Schemas['RestoreResult']

export type JobState = Schemas['JobState']
export type Job = next.Job
export type JobList = next.JobList
export type IndexResult = next.IndexResult

export type Coverage = next.Coverage
export type IndexMeans = next.IndexMeans
export type IndexRun = next.IndexRun
export type IndexedDataset = next.IndexedDataset
export type IndexedDatasetDetails = next.IndexedDatasetDetails
export type IndexStatus = next.IndexStatus
export type IndexChange = next.IndexChange
