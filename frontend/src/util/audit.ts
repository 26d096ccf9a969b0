import type { AuditAction, AuditEntry, AuditQuery } from '../api/types'
import type { Tone } from '../ui/StateMark'
import { paths, type SearchParameters } from './paths'
import { parentPath } from './relpath'

/** What can be done, for people, in the order of the list to choose from. */
export const ACTIONS: Record<AuditAction, string> = {
  preview: 'Looked at a file',
  download: 'Downloaded',
  restore: 'Restored',
  undo: 'Undid a restore',
  snapshot_create: 'Took a snapshot',
  snapshot_destroy: 'Destroyed a snapshot',
  sign_in: 'Signed in',
  sign_in_failed: 'Failed to sign in',
  password_change: 'Changed their password',
  user_create: 'Added a user',
  user_change: 'Changed a user',
  user_remove: 'Deleted a user',
  grant_change: 'Changed whose files',
  token_create: 'Created a token',
  token_revoke: 'Revoked a token',
}

/** What the address of the audit log says; what is empty chooses nothing away. */
export type AuditFilter = {
  user: string
  action: AuditAction | ''
  dataset: string
  q: string
  /** Local days, `2026-05-02`, both included. */
  from: string
  to: string
}

export const NO_FILTER: AuditFilter = { user: '', action: '', dataset: '', q: '', from: '', to: '' }

export function readFilter(parameters: URLSearchParams): AuditFilter {
  const text = (name: string) => parameters.get(name) ?? ''
  const day = (name: string) => (/^\d{4}-\d\d-\d\d$/.test(text(name)) ? text(name) : '')
  const actions = Object.keys(ACTIONS) as AuditAction[]
  return {
    user: text('user'),
    action: actions.find((action) => action === text('action')) ?? '',
    dataset: text('dataset'),
    q: text('q'),
    from: day('from'),
    to: day('to'),
  }
}

export function filterParameters(filter: AuditFilter): SearchParameters {
  return filter
}

/** The same for the API: days begin at local midnight, and the last one is included. */
export function auditRequest({ user, action, dataset, q, from, to }: AuditFilter): AuditQuery {
  const given = (text: string) => (text.trim() === '' ? undefined : text.trim())
  return {
    user: given(user),
    action: action === '' ? undefined : action,
    dataset: given(dataset),
    q: given(q),
    from: midnight(from, 0),
    to: midnight(to, 1),
  }
}

function midnight(day: string, later: number): string | undefined {
  const [year, month, date] = day.split('-').map(Number)
  if (year === undefined || month === undefined || date === undefined) return undefined
  const at = new Date(year, month - 1, date + later)
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString()
}

/** What came of it; nothing to say where it was simply done. */
export function outcomeWords(outcome: string): { tone: Tone; word: string } | null {
  switch (outcome) {
    case 'failed':
      return { tone: 'fault', word: 'Failed' }
    case 'canceled':
      return { tone: 'attention', word: 'Canceled' }
    case 'started':
      return { tone: 'unknown', word: 'Not ended yet' }
    default:
      return null
  }
}

/** Where the file can be looked at as it was then. Null: it is about no dataset. */
export function sourceUrl({ dataset, snapshot, path }: AuditEntry): string | null {
  if (dataset == null) return null
  return path == null
    ? paths.snapshots(dataset)
    : paths.files(dataset, { at: snapshot ?? null, path: parentPath(path), selected: path })
}
