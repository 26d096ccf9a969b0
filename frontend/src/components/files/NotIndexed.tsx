import { Anchor, Text } from '@mantine/core'
import { Link } from 'react-router'

import { paths } from '../../util/paths'
import { useMe } from '../frame/me'

/** Instead of what only the catalog can tell. `what` begins the sentence: `Versions are`. */
export function NotIndexed({ dataset, what }: { dataset: string; what: string }) {
  const { restricted } = useMe()
  return (
    <Text size="sm" c="dimmed">
      {what} known once {dataset} has been indexed.{' '}
      {restricted ? null : (
        <Anchor component={Link} to={paths.index(dataset)} inherit>
          See the index
        </Anchor>
      )}
    </Text>
  )
}
