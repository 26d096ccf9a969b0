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
export type Entry = Schemas['Entry']
export type Listing = Schemas['Listing']
export type RestoreRequest = Schemas['RestoreRequest']
export type RestorePlan = Schemas['RestorePlan']
export type PlanItem = Schemas['PlanItem']
export type RestoreResult = Schemas['RestoreResult']

/** The document joins the states with an empty object, which no value fits (see `asJob`); these are the states. */
export type JobState = 'enqueued' | 'processing' | 'succeeded' | 'failed' | 'canceled'
export type Job = Omit<Schemas['Job'], 'state'> & { state: JobState }
export type JobList = { items: Job[]; next?: string | null }
