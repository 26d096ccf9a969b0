import { Anchor, Text } from '@mantine/core'
import { Link } from 'react-router'

import type { Completeness } from '../../api/search-types'
import { paths } from '../../util/paths'
import { completenessWords } from '../../util/search-words'
import { useMe } from '../frame/me'

/** What may be missing from the hits, in words; nothing when they are complete. */
export function CompletenessNote({ completeness }: { completeness: Completeness }) {
  const { restricted } = useMe()
  const words = completenessWords(completeness)
  if (words === null) return null
  return (
    <Text size="sm" c="dimmed" role="note">
      {words}{' '}
      {restricted ? null : (
        <Anchor component={Link} to={paths.index()} inherit underline="always">
          See the index
        </Anchor>
      )}
    </Text>
  )
}
