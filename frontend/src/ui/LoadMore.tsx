import { Button, Group } from '@mantine/core'

type Props = { query: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown } }

/** The button below a list that has more pages. */
export function LoadMore({ query }: Props) {
  if (!query.hasNextPage) return null
  return (
    <Group justify="center" py="sm">
      <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
        Load more
      </Button>
    </Group>
  )
}
