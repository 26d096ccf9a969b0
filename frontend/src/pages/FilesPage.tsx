import { Group, Skeleton, Stack, Switch } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useNavigate } from 'react-router'

import { datasetsQuery, momentsQuery, versionsQuery } from '../api/queries'
import type { Dataset, TimeLineMoment, Version } from '../api/types'
import { DatasetPicker } from '../components/DatasetPicker'
import { Changes } from '../components/files/Changes'
import { FolderView } from '../components/files/FolderView'
import { AT_ONCE, useFilesAddress } from '../components/files/use-files-address'
import { PathBar } from '../components/files/PathBar'
import { MomentPicker } from '../components/timeline/MomentPicker'
import { changeWords, pointsOf } from '../components/timeline/points'
import { findMoment } from '../components/timeline/scale'
import { TimeLine } from '../components/timeline/TimeLine'
import { itemsOfGathered } from '../components/tray/gather'
import { useTray } from '../components/tray/tray'
import { Empty } from '../ui/Empty'
import { ErrorNote } from '../ui/ErrorNote'
import { Loading } from '../ui/Loading'
import { Page } from '../ui/Page'
import { paths } from '../util/paths'
import classes from './FilesPage.module.css'

/** What was here, then? A dataset, a moment, a folder. */
export function FilesPage() {
  const { dataset } = useFilesAddress()
  const navigate = useNavigate()
  const { data: datasets, error, isPending, refetch } = useQuery(datasetsQuery)
  const known = datasets?.find((candidate) => candidate.name === dataset)
  return (
    <Page title="Files" fill="at least">
      {datasets === undefined ? (
        isPending ? (
          <Loading what="files" rows={8} />
        ) : (
          <ErrorNote title="The datasets can’t be shown" error={error} onRetry={() => void refetch()} />
        )
      ) : (
        <>
          <Group align="flex-end" gap="md" className={classes.where}>
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
  const { at, path, selected, deleted, added, changes, to, urlOf } = useFilesAddress()
  const navigate = useNavigate()
  const tray = useTray()
  const { moments, live, chosen, choose, error, isPending } = useMoments(dataset.name)
  const points = useMemo(() => pointsOf(moments), [moments])
  const steps = useVersionSteps(dataset.name, selected, moments)
  if (!dataset.files.reachable) {
    return <Empty title={`The files of ${dataset.name} can’t be reached`}>{dataset.files.detail}</Empty>
  }
  return (
    <Stack gap="xs" flex={1}>
      {isPending ? (
        <Skeleton h={58} animate={false} role="status" aria-label="Loading snapshots" />
      ) : error === null ? (
        <TimeLine
          label="Time line"
          points={points}
          chosen={chosen}
          now={{ name: 'Now', what: live == null ? '' : changeWords(live) }}
          steps={steps}
          onChoose={choose}
        />
      ) : (
        <ErrorNote title="The snapshots can’t be shown" error={error} />
      )}
      <Group justify="space-between" gap="xs">
        <PathBar
          dataset={dataset.name}
          mountpoint={dataset.mountpoint ?? null}
          path={path}
          urlOf={(folder) => urlOf({ path: folder, selected: null })}
          onGo={(folder) => void navigate(urlOf({ path: folder, selected: null }))}
        />
        <Group gap="md">
          {changes ? null : (
            <Switch
              size="sm"
              label="Show deleted"
              checked={deleted}
              onChange={(event) =>
                void navigate(urlOf({ deleted: event.currentTarget.checked }), { replace: true })
              }
            />
          )}
          {at === null || changes ? null : (
            <Switch
              size="sm"
              label="Show added since"
              checked={added}
              onChange={(event) =>
                void navigate(urlOf({ added: event.currentTarget.checked }), { replace: true })
              }
            />
          )}
          {at === null ? null : (
            <Switch
              size="sm"
              label="Changes since then"
              checked={changes}
              onChange={(event) =>
                void navigate(urlOf({ changes: event.currentTarget.checked, to: null }), { replace: true })
              }
            />
          )}
        </Group>
      </Group>
      {changes && at !== null ? (
        <Changes
          dataset={dataset.name}
          path={path}
          from={at}
          to={to}
          moments={moments}
          onTo={(until) => void navigate(urlOf({ to: until }), { replace: true })}
        />
      ) : (
        <FolderView
          key={dataset.guid}
          dataset={dataset.name}
          at={at}
          path={path}
          onGather={(gathered) => tray.add(itemsOfGathered(gathered))}
        />
      )}
    </Stack>
  )
}

const NONE: TimeLineMoment[] = []
const NO_STEPS: number[] = []

/** Where on the time line the versions of the chosen file are, as far as its panel has loaded them. */
function useVersionSteps(dataset: string, selected: string | null, moments: TimeLineMoment[]): number[] {
  const { data } = useInfiniteQuery({ ...versionsQuery(dataset, selected ?? ''), enabled: false })
  return useMemo(
    () => (selected === null || data === undefined ? NO_STEPS : stepsOf(data.pages, moments)),
    [selected, data, moments],
  )
}

function stepsOf(pages: { items: Version[] }[], moments: TimeLineMoment[]): number[] {
  const places = new Map(moments.map(({ tag }, i) => [tag, i]))
  return pages
    .flatMap((page) => page.items)
    .filter((version) => version.here)
    .map((version) => (version.live ? moments.length : (places.get(version.last.snapshot ?? '') ?? -1)))
    .filter((index) => index >= 0)
}

function useMoments(dataset: string) {
  const { at, urlOf } = useFilesAddress()
  const navigate = useNavigate()
  const { data, error, isPending } = useQuery(momentsQuery(dataset))
  const moments = data?.items ?? NONE
  return {
    moments,
    live: data?.live,
    error,
    isPending,
    chosen: at === null ? moments.length : findMoment(moments, at),
    choose: (index: number) => {
      const to = moments[index]?.tag ?? null
      if (to !== at) void navigate(urlOf({ at: to }), AT_ONCE)
    },
  }
}
