import { Text } from '@mantine/core'

import { When } from '../../ui/When'
import { plural } from '../../util/sizes'
import type { RestoreGroup } from './restore-groups'

/** From which moment of which dataset, and with `counted` how many. */
export function GroupLine({ group, counted = false }: { group: RestoreGroup; counted?: boolean }) {
  const { dataset, from, paths } = group
  return (
    <Text size="sm" mb={4} style={{ overflowWrap: 'anywhere' }}>
      {counted ? `${plural(paths.length, 'item')} from ` : null}
      <When at={from.created === '' ? null : from.created} none="an unknown time" c="var(--nm-time)" /> ·{' '}
      <Text span size="sm" ff="monospace">
        {dataset}@{from.tag}
      </Text>
    </Text>
  )
}
