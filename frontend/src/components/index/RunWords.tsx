import { Text } from '@mantine/core'

import type { IndexRun } from '../../api/types'
import { formatDuration } from '../../util/dates'
import { MEANS } from '../../util/index-state'
import { formatCount, plural } from '../../util/sizes'

/** How a run found out what changed, what that came to, and why no cheaper means did. */
export function RunWords({ run }: { run: IndexRun }) {
  return (
    <>
      <Text size="sm">
        {MEANS[run.means]}
        {run.means === 'nothing'
          ? ''
          : ` · ${plural(run.objects, 'object')} · ${formatDuration(run.took_ms)}`}
        {run.gone > 0 ? ` · ${formatCount(run.gone)} gone` : ''}
      </Text>
      {run.passed.map(({ means, reason }) => (
        <Text key={means} size="xs" c="dimmed">
          Not by {MEANS[means].replace(/^K/, 'k')}: {reason}
        </Text>
      ))}
      {run.error == null ? null : (
        <Text size="xs" c="var(--nm-fault)">
          {run.error}
        </Text>
      )}
    </>
  )
}
