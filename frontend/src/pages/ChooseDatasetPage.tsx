import { Anchor, Group, Stack, Text } from '@mantine/core'
import { IconDatabase } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'

import { datasetsQuery } from '../api/queries'
import type { Dataset } from '../api/types'
import { Empty } from '../ui/Empty'
import { ErrorNote } from '../ui/ErrorNote'
import { Loading } from '../ui/Loading'
import { Page } from '../ui/Page'
import { paths } from '../util/paths'

/** The first step into files: which dataset. */
export function ChooseDatasetPage() {
  const { data: datasets, error, isPending, refetch } = useQuery(datasetsQuery)
  return (
    <Page title="Files">
      <Text>Choose the dataset whose files you look for.</Text>
      {datasets !== undefined ? (
        <List datasets={datasets.filter((dataset) => dataset.kind === 'filesystem')} />
      ) : isPending ? (
        <Loading what="datasets" />
      ) : (
        <ErrorNote title="The datasets can’t be shown" error={error} onRetry={() => void refetch()} />
      )}
    </Page>
  )
}

function List({ datasets }: { datasets: Dataset[] }) {
  if (datasets.length === 0) {
    return (
      <Empty title="There is no file system">
        Create one with <code>zfs create</code> on the server; it appears here by itself.
      </Empty>
    )
  }
  return (
    <Stack component="ul" gap={6} p={0} m={0} style={{ listStyle: 'none' }}>
      {datasets.map((dataset) => (
        <li key={dataset.guid}>
          <Group gap={8} pl={(dataset.name.split('/').length - 1) * 20} wrap="nowrap" align="flex-start">
            <IconDatabase size={18} stroke={1.5} aria-hidden style={{ flexShrink: 0, marginTop: 3 }} />
            <div>
              <Anchor component={Link} to={paths.files(dataset.name)}>
                {dataset.name}
              </Anchor>
              {dataset.files.reachable ? null : (
                <Text size="sm" c="dimmed">
                  {dataset.files.detail}
                </Text>
              )}
            </div>
          </Group>
        </li>
      ))}
    </Stack>
  )
}
