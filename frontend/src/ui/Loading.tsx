import { Skeleton, Stack } from '@mantine/core'

/** The place of a list that is on its way. */
export function Loading({ what, rows = 4 }: { what: string; rows?: number }) {
  return (
    <Stack gap="xs" role="status" aria-label={`Loading ${what}`} py="xs">
      {Array.from({ length: rows }, (_, i) => (
        <Skeleton key={i} h={20} w={`${95 - ((i * 17) % 40)}%`} animate={false} />
      ))}
    </Stack>
  )
}
