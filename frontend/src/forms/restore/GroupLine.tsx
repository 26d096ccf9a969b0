import { Text } from '@mantine/core'

import { When } from '../../ui/When'
import { plural } from '../../util/sizes'
import type { RestoreGroup } from './restore-groups'

/** From which dataset and moment, and how many. */
export function GroupLine({ group: { dataset, from, paths } }: { group: RestoreGroup }) {
  return (
    <Text size="sm" mb={4} style={{ overflowWrap: 'anywhere' }}>
      {plural(paths.length, 'file')} from <When at={from.created} c="var(--nm-time)" /> ·{' '}
      <Text span size="sm" ff="monospace">
        {dataset}@{from.tag}
      </Text>
    </Text>
  )
}
