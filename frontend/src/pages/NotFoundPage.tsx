import { Anchor, Container } from '@mantine/core'
import { Link, useRouteError } from 'react-router'

import { ErrorNote } from '../ui/ErrorNote'
import { Empty } from '../ui/Empty'
import { Page } from '../ui/Page'
import { paths } from '../util/paths'

/** An address of ours that leads nowhere. */
export function NotFoundPage() {
  return (
    <Page title="No such page">
      <Empty title="There is nothing at this address">
        Begin at{' '}
        <Anchor component={Link} to={paths.home()} inherit underline="always">
          Home
        </Anchor>
        .
      </Empty>
    </Page>
  )
}

/** A page that failed by itself: a fault in this program, or code that a newer version replaced. */
export function CrashPage() {
  const error = useRouteError()
  return (
    <Container size="sm" py="xl">
      <ErrorNote
        title="This page failed"
        error={error}
        onRetry={() => {
          // A reload also brings the newer version, if there is one.
          window.location.reload()
        }}
      />
    </Container>
  )
}
