import { Popover, UnstyledButton } from '@mantine/core'
import {
  IconActivity,
  IconCamera,
  IconDots,
  IconFolder,
  IconHome,
  IconSearch,
  IconSettings,
} from '@tabler/icons-react'
import { useState } from 'react'
import { NavLink, useLocation } from 'react-router'

import { paths } from '../../util/paths'
import classes from './Frame.module.css'

type NavPage = { to: string; label: string; Icon: typeof IconHome; more?: boolean }

/** `more`: on a phone behind the bar's last item. */
const PAGES: NavPage[] = [
  { to: paths.home(), label: 'Home', Icon: IconHome },
  { to: paths.search(), label: 'Search', Icon: IconSearch },
  { to: paths.files(), label: 'Files', Icon: IconFolder },
  { to: paths.snapshots(), label: 'Snapshots', Icon: IconCamera, more: true },
  { to: paths.activity(), label: 'Activity', Icon: IconActivity },
  { to: paths.settings(), label: 'Settings', Icon: IconSettings, more: true },
]

export function SideNav() {
  return PAGES.map(({ to, label, Icon }) => (
    <NavLink key={to} to={to} end={to === '/'} className={classes.link ?? ''}>
      <Icon size={18} stroke={1.6} aria-hidden />
      {label}
    </NavLink>
  ))
}

/** The same on a phone. */
export function BottomNav() {
  return (
    <div className={classes.bottom}>
      {PAGES.filter(({ more }) => more !== true).map(({ to, label, Icon }) => (
        <NavLink key={to} to={to} end={to === '/'} className={classes.bottomLink ?? ''}>
          <Icon size={22} stroke={1.6} aria-hidden />
          {label}
        </NavLink>
      ))}
      <More pages={PAGES.filter(({ more }) => more === true)} />
    </div>
  )
}

function More({ pages }: { pages: NavPage[] }) {
  const { pathname } = useLocation()
  const [opened, setOpened] = useState(false)
  const here = pages.some(({ to }) => pathname === to || pathname.startsWith(`${to}/`))
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      position="top-end"
      width={200}
      withinPortal={false}
      returnFocus
      transitionProps={{ duration: 0 }}
    >
      <Popover.Target>
        <UnstyledButton
          className={classes.bottomLink}
          aria-current={here ? 'page' : undefined}
          onClick={() => setOpened(!opened)}
        >
          <IconDots size={22} stroke={1.6} aria-hidden />
          More
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown p="xs" aria-label="More pages">
        {pages.map(({ to, label, Icon }) => (
          <NavLink key={to} to={to} className={classes.link ?? ''} onClick={() => setOpened(false)}>
            <Icon size={18} stroke={1.6} aria-hidden />
            {label}
          </NavLink>
        ))}
      </Popover.Dropdown>
    </Popover>
  )
}
