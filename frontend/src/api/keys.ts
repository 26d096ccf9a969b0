/** The names under which answers are kept. A shorter key covers all longer ones that begin with it. */
export const keys = {
  me: ['me'] as const,
  pools: ['pools'] as const,
  datasets: ['datasets'] as const,
  snapshots: (dataset: string) => ['snapshots', dataset] as const,
  moments: (dataset: string) => ['moments', dataset] as const,
  destroyPlan: (dataset: string, guid: string) => ['destroy-plan', dataset, guid] as const,
  allFiles: ['files'] as const,
  files: (dataset: string, at: string | null, path: string, deleted = false, added = false) =>
    ['files', dataset, at, path, deleted, added] as const,
  folders: (dataset: string, path: string) => ['files', dataset, null, path, 'folders'] as const,
  entry: (dataset: string, at: string | null, path: string) => ['entry', dataset, at, path] as const,
  allVersions: ['versions'] as const,
  versions: (dataset: string, path: string) => ['versions', dataset, path] as const,
  allDifferences: ['diff'] as const,
  differences: (dataset: string, from: string, to: string | null, path: string) =>
    ['diff', dataset, from, to, path] as const,
  differenceSummary: (dataset: string, from: string, to: string | null, path: string) =>
    ['diff', dataset, from, to, path, 'summary'] as const,
  text: (url: string, limit: number) => ['text', url, limit] as const,
  restorePlan: (request: unknown) => ['restore-plan', request] as const,
  allJobs: ['jobs'] as const,
  jobs: (state: string | null, kind: string | null) => ['jobs', state, kind] as const,
  job: (id: string) => ['job', id] as const,
  allIndex: ['index'] as const,
  index: ['index', null] as const,
  indexed: (dataset: string) => ['index', dataset] as const,
  search: (query: unknown) => ['search', query] as const,
  suggest: (q: string) => ['suggest', q] as const,
  searches: ['searches'] as const,
  tokens: ['tokens'] as const,
  users: ['users'] as const,
}
