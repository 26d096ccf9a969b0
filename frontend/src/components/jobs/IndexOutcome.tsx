import type { IndexResult } from '../../api/types'
import { DetailList, DetailRow } from '../../ui/DetailRow'
import { When } from '../../ui/When'
import { formatCount } from '../../util/sizes'

/** What indexing came to. */
export function IndexOutcome({ result }: { result: IndexResult }) {
  const { snapshots, objects, directories, gone, findings, live_as_of: asOf } = result
  return (
    <section aria-label="Outcome">
      <DetailList>
        <DetailRow label="Snapshots">{formatCount(snapshots)} read</DetailRow>
        <DetailRow label="Objects">
          {formatCount(objects)} looked at, {formatCount(gone)} gone
        </DetailRow>
        <DetailRow label="Folders">{formatCount(directories)} read</DetailRow>
        <DetailRow label="Findings">{findings === 0 ? 'none' : formatCount(findings)}</DetailRow>
        {asOf == null ? null : (
          <DetailRow label="Live as of">
            <When at={asOf} />
          </DetailRow>
        )}
      </DetailList>
    </section>
  )
}
