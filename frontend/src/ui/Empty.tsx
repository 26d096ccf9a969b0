import { Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'

/** Instead of an empty list: what will be there, and how to get it there. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <Stack gap={4} py="xl" px="md" align="center" ta="center">
      <Text fw={600}>{title}</Text>
      <Text size="sm" c="dimmed" maw={460} component="div">
        {children}
      </Text>
    </Stack>
  )
}
