import { ActionIcon, Group, Stack, Text, Title, UnstyledButton } from '@mantine/core'
import { IconArrowsDiff, IconDownload, IconRestore } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'

import { contentUrl } from '../../api/client'
import { toApiError } from '../../api/errors'
import { versionsQuery } from '../../api/queries'
import type { Version } from '../../api/types'
import { Bytes } from '../../ui/Bytes'
import { ErrorNote } from '../../ui/ErrorNote'
import { Loading } from '../../ui/Loading'
import { LoadMore } from '../../ui/LoadMore'
import { formatDateTime } from '../../util/dates'
import type { Past } from '../../util/past'
import { displayPath } from '../../util/relpath'
import { restoringRefusal } from '../../util/roles'
import { plural } from '../../util/sizes'
import { useMe } from '../frame/me'
import { pointsOfVersions } from '../timeline/points'
import { TimeLine } from '../timeline/TimeLine'
import { itemOfVersion } from '../tray/gather'
import { GatherButton } from '../tray/GatherButton'
import { isRestorable } from '../tray/restorable'
import { compareChoice } from './compare/sides'
import { NotIndexed } from './NotIndexed'
import { SizeChart } from './SizeChart'
import classes from './Versions.module.css'
import { isShown, longestHeld, placeOf, seenOf } from './versions'

type Props = {
  dataset: string
  path: string
  /** When the moment shown was; null: now. */
  shown: string | null
  /** Goes to a version: its path, and from when (null: now). */
  onStep: (path: string, past: Past | null) => void
  onRestore: (path: string, past: Past) => void
  onCompare: (two: string) => void
}

/** Every version of a file, newest first: how large, from when to when, and the way to it. */
export function Versions({ dataset, path, shown, onStep, onRestore, onCompare }: Props) {
  const query = useInfiniteQuery(versionsQuery(dataset, path))
  const pages = query.data?.pages
  const versions = useMemo(() => pages?.flatMap((page) => page.items) ?? [], [pages])
  const longest = longestHeld(versions)
  const code = query.isError ? toApiError(query.error).code : null
  return (
    <Stack gap={6} component="section" aria-labelledby="versions">
      <Title order={3} id="versions" size="h5">
        Versions
      </Title>
      {query.isPending ? <Loading what="versions" rows={3} /> : null}
      {code === 'not_indexed' ? (
        <NotIndexed dataset={dataset} what="Versions are" />
      ) : code === 'file_not_found' ? (
        <Text size="sm" c="dimmed">
          No snapshot that has been indexed holds it.
        </Text>
      ) : query.isError ? (
        <ErrorNote
          title="The versions can’t be shown"
          error={query.error}
          onRetry={() => void query.refetch()}
        />
      ) : null}
      {query.data === undefined ? null : versions.length === 0 ? (
        <Text size="sm" c="dimmed">
          No snapshot that has been indexed holds it. Its versions appear here as snapshots are taken.
        </Text>
      ) : (
        <>
          {query.data.pages[0]?.note == null ? null : (
            <Text size="xs" c="dimmed">
              {query.data.pages[0].note}
            </Text>
          )}
          <SeenLine versions={versions} all={!query.hasNextPage} />
          <VersionLine versions={versions} shown={shown} path={path} onStep={onStep} />
          <SizeChart versions={versions} shown={shown} />
          <ol className={classes.list} aria-label="Versions">
            {versions.map((version, i) => (
              <VersionItem
                key={`${version.inode} ${version.first.at} ${version.path ?? ''}`}
                version={version}
                dataset={dataset}
                path={version.path ?? path}
                shown={isShown(version, shown)}
                longest={version === longest}
                compared={compareChoice(versions, i, path)}
                onStep={onStep}
                onRestore={onRestore}
                onCompare={onCompare}
              />
            ))}
          </ol>
        </>
      )}
      <LoadMore query={query} />
    </Stack>
  )
}

/** `First seen 3 May 2026, 14:05 · last seen now · 67 snapshots`. */
function SeenLine({ versions, all }: { versions: Version[]; all: boolean }) {
  const seen = seenOf(versions)
  if (seen === null) return null
  return (
    <Text size="xs" c="dimmed">
      {all ? `First seen ${formatDateTime(seen.first)} · ` : ''}last seen{' '}
      {seen.live ? 'now' : formatDateTime(seen.last)}
      {all ? ` · held by ${plural(seen.snapshots, 'snapshot')}` : ''}
    </Text>
  )
}

type LineProps = Pick<Props, 'shown' | 'path' | 'onStep'> & { versions: Version[] }

/** The versions on a time line of their own: a step leads to when each was last so. */
function VersionLine({ versions, shown, path, onStep }: LineProps) {
  const oldestFirst = useMemo(() => versions.toReversed(), [versions])
  const points = useMemo(() => pointsOfVersions(versions), [versions])
  if (versions.length < 3) return null
  const chosen = oldestFirst.findIndex((version) => isShown(version, shown))
  return (
    <TimeLine
      small
      label="Versions over time"
      points={points}
      chosen={chosen < 0 ? null : chosen}
      now={{ name: 'Now', what: '' }}
      onChoose={(index) => {
        // Now is what the newest version is, if it is live.
        const version = oldestFirst[Math.min(index, oldestFirst.length - 1)]
        const place = version === undefined ? null : placeOf(version)
        if (version !== undefined && place !== null) onStep(version.path ?? path, place.past)
      }}
    />
  )
}

type ItemProps = Omit<Props, 'shown'> & {
  version: Version
  shown: boolean
  longest: boolean
  /** What comparing it begins with, as `compareText` writes it, and what that is called; null: there is nothing. */
  compared: { two: string; word: string } | null
}

function VersionItem(props: ItemProps) {
  const { version, dataset, path, shown, longest, compared, onStep, onRestore, onCompare } = props
  const me = useMe()
  const place = placeOf(version)
  const past = place?.past ?? null
  const name = `the version of ${version.modified == null ? 'an unknown time' : formatDateTime(version.modified)}`
  const restorable = past !== null && isRestorable(version)
  const refused = restoringRefusal(me, dataset)
  return (
    <li className={classes.version} data-shown={shown || undefined}>
      <UnstyledButton
        className={classes.step}
        disabled={place === null}
        aria-current={shown ? 'true' : undefined}
        onClick={() => onStep(path, past)}
      >
        <span className={classes.head}>
          <span className={classes.size}>
            {version.kind === 'file' ? <Bytes value={version.size} /> : version.kind}
          </span>
          <span>{version.modified == null ? '' : formatDateTime(version.modified)}</span>
          {version.live ? <span>· live</span> : null}
          {longest ? <span className={classes.dim}>· held longest</span> : null}
          {shown ? <span className={classes.time}>· shown</span> : null}
        </span>
        <span className={classes.lines}>
          {life(version)}
          {version.here ? null : (
            <>
              <br />
              at {version.path == null ? 'another place' : displayPath(version.path)}
            </>
          )}
        </span>
      </UnstyledButton>
      <Group gap={2} wrap="nowrap">
        {compared === null ? null : (
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Compare ${name} with ${compared.word}`}
            title={`Compare with ${compared.word}`}
            onClick={() => onCompare(compared.two)}
          >
            <IconArrowsDiff size={16} aria-hidden />
          </ActionIcon>
        )}
        {restorable ? (
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Restore ${name}…`}
            title={refused ?? 'Restore…'}
            disabled={refused !== null}
            onClick={() => onRestore(path, past)}
          >
            <IconRestore size={16} aria-hidden />
          </ActionIcon>
        ) : null}
        <GatherButton compact item={itemOfVersion(dataset, path, version)} name={name} />
        {place !== null && version.kind === 'file' ? (
          <ActionIcon
            component="a"
            variant="subtle"
            color="gray"
            aria-label={`Download ${name}`}
            title="Download"
            href={contentUrl({ dataset, path, at: past?.at ?? null, download: true })}
            download
          >
            <IconDownload size={16} aria-hidden />
          </ActionIcon>
        ) : null}
      </Group>
    </li>
  )
}

/** `3 May 2026, 14:05 – 9 May 2026, 14:05 · in 14 snapshots`. */
function life({ first, last, live, snapshots }: Version): string {
  const from = formatDateTime(first.at)
  const to = live ? 'now' : formatDateTime(last.at)
  const kept = snapshots === 0 ? 'in no snapshot' : `in ${plural(snapshots, 'snapshot')}`
  return `${from === to ? from : `${from} – ${to}`} · ${kept}`
}
