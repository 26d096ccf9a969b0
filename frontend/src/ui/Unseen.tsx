import type { ReactNode } from 'react'

import classes from './Unseen.module.css'

/** Words for who hears the page. As plain as can be: lists draw dozens at once. */
export function Unseen({ role, children }: { role?: 'status'; children: ReactNode }) {
  return (
    <span role={role} className={classes.unseen}>
      {children}
    </span>
  )
}
