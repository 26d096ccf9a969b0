/** Every address of the application is built here. */

export type FilesAddress = {
  at?: string | null
  path?: string
  selected?: string | null
  /** Also what is no more. */
  deleted?: boolean
  /** Also what has come since `at`. */
  added?: boolean
  /** Which two versions of the selected file are compared: `compareText` writes it. */
  compare?: string | null
  /** What changed since `at` instead of the folder, until the moment `to` (absent: now). */
  changes?: boolean
  to?: string | null
}

/** The parameters of a search as texts, by the names that the API has for them. */
export type SearchParameters = Record<string, string | null | undefined>

export const paths = {
  home: () => '/',
  signIn: (next?: string) => withQuery('/sign-in', { next: next === '/' ? null : next }),
  files: (dataset?: string, where: FilesAddress = {}) =>
    dataset === undefined
      ? '/files'
      : withQuery(`/files/${encodeURIComponent(dataset)}`, {
          at: where.at,
          path: where.path,
          selected: where.selected,
          deleted: where.deleted === true ? '1' : null,
          added: where.added === true ? '1' : null,
          // Nothing has changed since now.
          changes: where.changes === true && where.at != null ? '1' : null,
          to: where.at == null ? null : where.to,
          compare: where.selected == null ? null : where.compare,
        }),
  search: (query: SearchParameters = {}) => withQuery('/search', query),
  snapshots: (dataset?: string) =>
    dataset === undefined ? '/snapshots' : `/snapshots/${encodeURIComponent(dataset)}`,
  activity: (state?: string | null, kind?: string | null) => withQuery('/activity', { state, kind }),
  audit: (filter: SearchParameters = {}) => withQuery('/activity/audit', filter),
  job: (id: string) => `/activity/${encodeURIComponent(id)}`,
  index: (dataset?: string | null) => withQuery('/index', { dataset }),
  settings: () => '/settings',
  settingsPassword: () => '/settings/password',
  settingsTokens: () => '/settings/tokens',
  settingsUsers: () => '/settings/users',
  apiDocs: () => '/docs',
}

/** Only an address of this application may follow sign-in: `//evil.example` is not one. */
export function safeNext(next: string | null): string {
  return next !== null && /^\/(?![/\\])/.test(next) ? next : paths.home()
}

function withQuery(path: string, query: SearchParameters): string {
  const pairs = Object.entries(query)
    .filter((pair): pair is [string, string] => pair[1] !== null && pair[1] !== undefined && pair[1] !== '')
    // A slash may stand in a query as it is, and reads better.
    .map(([key, value]) => `${key}=${encodeURIComponent(value).replaceAll('%2F', '/')}`)
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`
}
