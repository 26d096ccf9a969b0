import { useInfiniteQuery } from '@tanstack/react-query'
import { Navigate, useNavigate, useSearchParams } from 'react-router'

import { auditQuery } from '../api/queries'
import { ActivityTabs } from '../components/activity/ActivityTabs'
import { AuditFilters } from '../components/activity/AuditFilters'
import { AuditTable } from '../components/activity/AuditTable'
import { useMe } from '../components/frame/me'
import { Empty } from '../ui/Empty'
import { ErrorNote } from '../ui/ErrorNote'
import { Loading } from '../ui/Loading'
import { LoadMore } from '../ui/LoadMore'
import { Page } from '../ui/Page'
import { type AuditFilter, auditRequest, filterParameters, readFilter } from '../util/audit'
import { paths } from '../util/paths'
import { allows } from '../util/roles'

/** Who looked at what, and who changed what? For admins. */
export function AuditPage() {
  const { role } = useMe()
  if (!allows(role, 'admin')) return <Navigate to={paths.activity()} replace />
  return (
    <Page title="Activity">
      <ActivityTabs value="audit">
        <Log />
      </ActivityTabs>
    </Page>
  )
}

function Log() {
  const [search] = useSearchParams()
  const navigate = useNavigate()
  const filter = readFilter(search)
  const query = useInfiniteQuery(auditQuery(auditRequest(filter)))
  const entries = query.data?.pages.flatMap((page) => page.items) ?? []
  const filtered = Object.values(filter).some((value) => value !== '')
  const show = (wanted: AuditFilter) =>
    void navigate(paths.audit(filterParameters(wanted)), { replace: true })
  return (
    <>
      <AuditFilters filter={filter} onChange={show} />
      {query.isPending ? <Loading what="the audit log" rows={6} /> : null}
      {query.isError ? (
        <ErrorNote
          title="The audit log can’t be shown"
          error={query.error}
          onRetry={() => void query.refetch()}
        />
      ) : null}
      {query.data !== undefined && entries.length === 0 ? (
        <Empty title={filtered ? 'Nothing like that is in the log' : 'Nothing is in the log yet'}>
          Who looks at files, downloads or restores them, signs in, or changes users and what they may see, is
          listed here for a year.
        </Empty>
      ) : null}
      {entries.length > 0 ? <AuditTable entries={entries} /> : null}
      <LoadMore query={query} />
    </>
  )
}
