import type { ReactNode } from 'react'

import classes from './Unseen.module.css'

/** Words for who hears the page. As plain as can be: lists draw dozens at once. */
export function Unseen({ children }: { children: ReactNode }) {
  return <span className={classes.unseen}>{children}</span>
}
