import { Group, Stack, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import type { ReactNode } from 'react'

import classes from './Page.module.css'

type Props = { title: string; actions?: ReactNode; children: ReactNode; fill?: boolean }

/** A page: its heading, what can be done on it, its content. `fill` makes the content as tall as the window. */
export function Page({ title, actions, children, fill = false }: Props) {
  useDocumentTitle(`${title} · NASMan`)
  return (
    <Stack gap="md" className={fill ? classes.fill : undefined}>
      <Group justify="space-between" align="center" gap="sm">
        <Title order={1}>{title}</Title>
        {actions}
      </Group>
      {children}
    </Stack>
  )
}
