import { Group, Stack, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import type { ReactNode } from 'react'

import classes from './Page.module.css'

type Props = { title: string; actions?: ReactNode; children: ReactNode; fill?: boolean | 'at least' }

/** A page: its heading, what can be done on it, its content. `fill` makes the content as tall as the window, or `at least` so tall. */
export function Page({ title, actions, children, fill = false }: Props) {
  useDocumentTitle(`${title} · NASMan`)
  return (
    <Stack
      gap="md"
      className={[fill ? classes.fill : '', fill === 'at least' ? classes.grows : ''].join(' ').trim()}
    >
      <Group justify="space-between" align="center" gap="sm" className={classes.head}>
        <Title order={1}>{title}</Title>
        {actions}
      </Group>
      {children}
    </Stack>
  )
}
