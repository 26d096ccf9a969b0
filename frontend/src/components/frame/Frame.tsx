import { AppShell, Box, Center, Container, Loader } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Navigate, Outlet, useLocation } from 'react-router'

import { meQuery } from '../../api/queries'
import { useEvents } from '../../api/use-events'
import type { RestoreGroup } from '../../forms/restore/restore-groups'
import { ErrorNote } from '../../ui/ErrorNote'
import { paths } from '../../util/paths'
import { useSearchKey } from '../search/search-key'
import { useTray } from '../tray/tray'
import { TrayBar } from '../tray/TrayBar'
import { TrayDialog } from '../tray/TrayDialog'
import { TrayProvider } from '../tray/TrayProvider'
import classes from './Frame.module.css'
import { MeContext } from './me'
import { BottomNav, SideNav } from './Nav'
import { TopBar } from './TopBar'

/** What surrounds every page. Nobody signed in: sign-in first, then back here. */
export function Frame() {
  const { data: me, error, isPending, refetch } = useQuery(meQuery)
  const location = useLocation()

  if (me === null) return <Navigate to={paths.signIn(location.pathname + location.search)} replace />
  if (isPending) {
    return (
      <Center h="100dvh">
        <Loader role="status" aria-label="Loading" size="sm" />
      </Center>
    )
  }
  if (me === undefined) {
    return (
      <Container size="sm" py="xl">
        <ErrorNote title="NASMan can’t be shown" error={error} onRetry={() => void refetch()} />
      </Container>
    )
  }
  return (
    <MeContext value={me}>
      <TrayProvider key={me.user.id} user={me.user.id}>
        <Shell />
      </TrayProvider>
    </MeContext>
  )
}

const NAV = 58
const TRAY = 48

function Shell() {
  useEvents()
  useSearchKey()
  const { items } = useTray()
  const [restoring, setRestoring] = useState<RestoreGroup[] | null>(null)
  const tray = items.length === 0 ? 0 : TRAY
  return (
    <AppShell
      header={{ height: 48 }}
      navbar={{ width: 184, breakpoint: 'sm', collapsed: { mobile: true } }}
      footer={{ height: { base: NAV + tray, sm: tray } }}
      padding="md"
      transitionDuration={0}
    >
      <a href="#content" className={classes.skip}>
        Skip to content
      </a>
      <AppShell.Header className={classes.bar}>
        <TopBar />
      </AppShell.Header>
      <AppShell.Navbar p="xs" className={classes.nav} aria-label="Pages" visibleFrom="sm">
        <SideNav />
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1} className={classes.main}>
        <Outlet />
      </AppShell.Main>
      <AppShell.Footer {...(tray === 0 ? { hiddenFrom: 'sm' } : {})}>
        <TrayBar onRestore={setRestoring} />
        <Box component="nav" aria-label="Pages" hiddenFrom="sm" h={NAV}>
          <BottomNav />
        </Box>
      </AppShell.Footer>
      {restoring === null ? null : <TrayDialog groups={restoring} onClose={() => setRestoring(null)} />}
    </AppShell>
  )
}
