import { Anchor, Group } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'

import { indexQuery } from '../../api/queries'
import { StateMark } from '../../ui/StateMark'
import { indexFinding } from '../../util/index-state'
import { paths } from '../../util/paths'

/** What is amiss with the index, with the way there; nothing when all is indexed. */
export function IndexLine() {
  const { data } = useQuery(indexQuery)
  const finding = data === undefined ? null : indexFinding(data)
  if (finding === null) return null
  return (
    <Group gap="sm">
      <StateMark tone={finding.tone}>{finding.sentence}</StateMark>
      <Anchor component={Link} to={paths.index()} size="sm">
        See the index
      </Anchor>
    </Group>
  )
}
