import { Anchor, Text } from '@mantine/core'
import { Link } from 'react-router'

import type { Listing } from '../../api/types'
import { formatClock, formatFull, formatRelative } from '../../util/dates'
import { paths } from '../../util/paths'
import { useMe } from '../frame/me'

/** Where a listing came from, if that is worth a word: it was not indexed yet, or live was looked at long ago. */
export function SourceNote({ listing }: { listing: Listing }) {
  const { restricted } = useMe()
  const { note, as_of: asOf, source, dataset } = listing
  if (note == null) return null
  return (
    <Text size="sm" c="dimmed" role="note">
      {note}
      {asOf == null ? null : (
        <>
          {' '}
          <time dateTime={asOf} title={formatFull(asOf)}>
            As of {formatClock(asOf)}, {formatRelative(asOf)}.
          </time>
        </>
      )}
      {source === 'filesystem' && !restricted ? (
        <>
          {' '}
          <Anchor component={Link} to={paths.index(dataset)} inherit>
            See the index
          </Anchor>
        </>
      ) : null}
    </Text>
  )
}
