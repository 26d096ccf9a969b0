import { Anchor, Text } from '@mantine/core'
import { Link } from 'react-router'

import { paths } from '../../util/paths'

/** Instead of what only the catalog can tell. `what` begins the sentence: `Versions are`. */
export function NotIndexed({ dataset, what }: { dataset: string; what: string }) {
  return (
    <Text size="sm" c="dimmed">
      {what} known once {dataset} has been indexed.{' '}
      <Anchor component={Link} to={paths.index(dataset)} inherit>
        See the index
      </Anchor>
    </Text>
  )
}
