import type { AuditEntry, Grant, Me, User, UserGrants } from '../src/api/types'
import { iso, users } from './seed.ts'

/** Who may see what, and who did what. */
export function mockAccess() {
  const granted = new Map<number, Grant[]>([
    [3, [{ dataset: 'tank/home', beneath: false, rights: ['browse', 'restore_in_place'] }]],
  ])
  const grantsOf = (user: User) => (user.restricted ? (granted.get(user.id) ?? []) : [])
  const log: AuditEntry[] = [
    entry(3, 'restore', {
      user: 'mia',
      dataset: 'tank/home',
      path: 'Documents/Tax%20return.pdf',
      snapshot: 'hourly-1',
      to_dataset: 'tank/home',
      job: '1',
    }),
    entry(2, 'preview', { user: 'vera', dataset: 'tank/media', path: 'film.mkv', via: 'token', token: 4 }),
    entry(1, 'sign_in_failed', { user: '', via: 'none', outcome: 'failed', detail: 'from 192.0.2.7' }),
  ]
  return {
    /** What of the caller is about access. */
    of: (user: User): Pick<Me, 'restricted' | 'grants' | 'may_restore'> => ({
      restricted: user.restricted,
      grants: grantsOf(user),
      may_restore:
        user.role !== 'viewer' || grantsOf(user).some(({ rights }) => rights.some((r) => r !== 'browse')),
    }),
    sees: (user: User, dataset: string) =>
      !user.restricted || grantsOf(user).some((grant) => grant.dataset === dataset),
    grants: (id: number): UserGrants => ({
      restricted: users.find((user) => user.id === id)?.restricted ?? false,
      grants: granted.get(id) ?? [],
    }),
    change: (id: number, wish: UserGrants): UserGrants => {
      granted.set(id, wish.grants ?? [])
      const user = users.find((one) => one.id === id)
      if (user !== undefined) user.restricted = wish.restricted
      return wish
    },
    audit: (query: URLSearchParams): AuditEntry[] =>
      log.filter(
        ({ user, action, path }) =>
          (!query.has('user') || query.get('user') === user) &&
          (!query.has('action') || query.get('action') === action) &&
          (path ?? '').toLowerCase().includes((query.get('q') ?? '').toLowerCase()),
      ),
  }
}

function entry(id: number, action: AuditEntry['action'], more: Partial<AuditEntry>): AuditEntry {
  return {
    id,
    at: iso((10 - id) * 60_000),
    user: 'admin',
    user_id: 1,
    via: 'session',
    token: null,
    action,
    dataset: null,
    path: null,
    snapshot: null,
    to_dataset: null,
    to_path: null,
    job: null,
    request_id: `mock-${id}`,
    outcome: 'done',
    detail: null,
    ...more,
  }
}
