import type { ReactNode } from 'react'

import classes from './More.module.css'

/** What is seldom needed, behind a word. */
export function More({ word = 'More', children }: { word?: string; children: ReactNode }) {
  return (
    <details className={classes.more}>
      <summary>{word}</summary>
      <div className={classes.content}>{children}</div>
    </details>
  )
}
