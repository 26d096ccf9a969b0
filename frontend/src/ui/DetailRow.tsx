import { Text } from '@mantine/core'
import type { ReactNode } from 'react'

import classes from './DetailRow.module.css'

/** The frame for `DetailRow`s. */
export function DetailList({ children }: { children: ReactNode }) {
  return <dl className={classes.list}>{children}</dl>
}

/** A fact: its name and its value. */
export function DetailRow({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className={classes.row}>
      <Text component="dt" size="sm" c="dimmed">
        {label}
      </Text>
      <Text component="dd" size="sm" m={0} className={classes.value}>
        {children}
      </Text>
    </div>
  )
}
