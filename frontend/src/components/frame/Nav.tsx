import { IconActivity, IconCamera, IconFolder, IconHome, IconSettings } from '@tabler/icons-react'
import { NavLink } from 'react-router'

import { paths } from '../../util/paths'
import classes from './Frame.module.css'

const PAGES = [
  { to: paths.home(), label: 'Home', Icon: IconHome },
  { to: paths.files(), label: 'Files', Icon: IconFolder },
  { to: paths.snapshots(), label: 'Snapshots', Icon: IconCamera },
  { to: paths.activity(), label: 'Activity', Icon: IconActivity },
  { to: paths.settings(), label: 'Settings', Icon: IconSettings },
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
      {PAGES.map(({ to, label, Icon }) => (
        <NavLink key={to} to={to} end={to === '/'} className={classes.bottomLink ?? ''}>
          <Icon size={22} stroke={1.6} aria-hidden />
          {label}
        </NavLink>
      ))}
    </div>
  )
}
