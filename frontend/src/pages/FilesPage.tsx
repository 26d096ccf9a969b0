import { Group, Skeleton, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from 'react-router'

import { datasetsQuery, momentsQuery } from '../api/queries'
import type { Dataset, Snapshot } from '../api/types'
import { DatasetPicker } from '../components/DatasetPicker'
import { FolderView } from '../components/files/FolderView'
import { AT_ONCE, useFilesAddress } from '../components/files/use-files-address'
import { PathBar } from '../components/files/PathBar'
import { MomentPicker } from '../components/timeline/MomentPicker'
import { findMoment } from '../components/timeline/scale'
import { TimeLine } from '../components/timeline/TimeLine'
import { Empty } from '../ui/Empty'
import { ErrorNote } from '../ui/ErrorNote'
import { Loading } from '../ui/Loading'
import { Page } from '../ui/Page'
import { paths } from '../util/paths'

/** What was here, then? A dataset, a moment, a folder. */
export function FilesPage() {
  const { dataset } = useFilesAddress()
  const navigate = useNavigate()
  const { data: datasets, error, isPending, refetch } = useQuery(datasetsQuery)
  const known = datasets?.find((candidate) => candidate.name === dataset)
  return (
    <Page title="Files" fill>
      {datasets === undefined ? (
        isPending ? (
          <Loading what="files" rows={8} />
        ) : (
          <ErrorNote title="The datasets can’t be shown" error={error} onRetry={() => void refetch()} />
        )
      ) : (
        <>
          <Group align="flex-end" gap="md">
            <DatasetPicker
              label="Dataset"
              datasets={datasets}
              value={dataset}
              onChange={(name) => void navigate(paths.files(name))}
            />
            {known?.files.reachable === true ? <Time dataset={dataset} /> : null}
          </Group>
          {known === undefined ? (
            <Empty title={`There is no dataset ${dataset}`}>Choose another one above.</Empty>
          ) : (
            <Contents dataset={known} />
          )}
        </>
      )}
    </Page>
  )
}

/** The chosen moment in words. */
function Time({ dataset }: { dataset: string }) {
  const { moments, chosen, choose } = useMoments(dataset)
  return <MomentPicker moments={moments} chosen={chosen} onChoose={choose} />
}

function Contents({ dataset }: { dataset: Dataset }) {
  const { at, path, urlOf } = useFilesAddress()
  const navigate = useNavigate()
  const { moments, chosen, choose, error, isPending } = useMoments(dataset.name)
  if (!dataset.files.reachable) {
    return <Empty title={`The files of ${dataset.name} can’t be reached`}>{dataset.files.detail}</Empty>
  }
  return (
    <Stack gap="xs" flex={1} mih={0}>
      {isPending ? (
        <Skeleton h={58} animate={false} role="status" aria-label="Loading snapshots" />
      ) : error === null ? (
        <TimeLine moments={moments} chosen={chosen ?? moments.length} onChoose={choose} />
      ) : (
        <ErrorNote title="The snapshots can’t be shown" error={error} />
      )}
      <PathBar
        dataset={dataset.name}
        mountpoint={dataset.mountpoint ?? null}
        path={path}
        urlOf={(to) => urlOf({ path: to, selected: null })}
        onGo={(to) => void navigate(urlOf({ path: to, selected: null }))}
      />
      <FolderView key={dataset.guid} dataset={dataset.name} at={at} path={path} />
    </Stack>
  )
}

const NONE: Snapshot[] = []

function useMoments(dataset: string) {
  const { at, urlOf } = useFilesAddress()
  const navigate = useNavigate()
  const { data, error, isPending } = useQuery(momentsQuery(dataset))
  const moments = data ?? NONE
  return {
    moments,
    error,
    isPending,
    chosen: at === null ? moments.length : findMoment(moments, at),
    choose: (index: number) => {
      const to = moments[index]?.tag ?? null
      if (to !== at) void navigate(urlOf({ at: to }), AT_ONCE)
    },
  }
}
