import { Button, CloseButton, Group, Stack, Text, Title } from '@mantine/core'
import { IconDownload, IconRestore } from '@tabler/icons-react'

import { contentUrl } from '../../api/client'
import type { Entry } from '../../api/types'
import { Bytes } from '../../ui/Bytes'
import { DetailList, DetailRow } from '../../ui/DetailRow'
import { Mark } from '../../ui/Mark'
import { When } from '../../ui/When'
import { modeString } from '../../util/mode'
import { visibleName } from '../../util/names'
import type { Past } from '../../util/past'
import { restoringRefusal } from '../../util/roles'
import { plural } from '../../util/sizes'
import { useMe } from '../frame/me'
import { itemOfEntry } from '../tray/gather'
import { GatherButton } from '../tray/GatherButton'
import { isRestorable, KIND_REFUSAL } from '../tray/restorable'
import { compareText, NOW } from './compare/sides'
import { KindIcon } from './KindIcon'
import { markOf } from './marks'
import { Preview } from './Preview'
import { kindWord } from './preview-kind'
import { Versions } from './Versions'

type Props = {
  dataset: string
  /** Null: the live file, or one that is no more and that no snapshot holds. */
  past: Past | null
  entry: Entry
  onStep: (path: string, past: Past | null) => void
  onRestore: (path: string, past: Past) => void
  /** Compares two versions of it, as `compareText` writes them. */
  onCompare: (two: string) => void
  onClose: () => void
}

/** The chosen entry: what is in it, what is known about it, what can be done with it. */
export function SidePanel({ dataset, past, entry, onStep, onRestore, onCompare, onClose }: Props) {
  const at = past?.at ?? null
  const lost = entry.deleted != null && past === null
  const name = visibleName(entry.name)
  const owners = `${entry.uid}:${entry.gid}`
  return (
    <Stack gap="sm" component="section" aria-label={`Details of ${name}`}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Group gap={8} wrap="nowrap" miw={0} align="flex-start">
          <KindIcon entry={entry} size={20} />
          <Title order={2} style={{ overflowWrap: 'anywhere' }}>
            {name}
          </Title>
        </Group>
        <CloseButton aria-label="Close details" onClick={onClose} />
      </Group>
      {entry.deleted == null ? null : <DeletedLine deleted={entry.deleted} />}
      <SinceLine entry={entry} past={past} onCompare={onCompare} />
      {lost ? null : (
        <Actions
          dataset={dataset}
          past={past}
          entry={entry}
          onRestore={() => {
            if (past !== null) onRestore(entry.path, past)
          }}
        />
      )}
      {entry.kind === 'file' && !lost ? (
        <Preview key={`${entry.path}@${at ?? ''}`} dataset={dataset} at={at} entry={entry} />
      ) : null}
      <DetailList>
        <DetailRow label="Kind">{kindWord(entry)}</DetailRow>
        <DetailRow label="Moment">
          {past !== null ? (
            <When at={past.created} />
          ) : entry.deleted == null ? (
            'Now'
          ) : (
            <When at={entry.deleted.last.at} />
          )}
          {past === null ? null : (
            <Text size="xs" ff="monospace">
              {past.tag}
            </Text>
          )}
        </DetailRow>
        {entry.kind === 'file' ? (
          <DetailRow label="Size">
            <Bytes value={entry.size} />
            {entry.allocated == null ? null : (
              <Text span inherit c="dimmed">
                {' '}
                (<Bytes value={entry.allocated} /> on disk)
              </Text>
            )}
          </DetailRow>
        ) : null}
        {entry.target == null ? null : <DetailRow label="Leads to">{visibleName(entry.target)}</DetailRow>}
        <DetailRow label="Modified">
          <When at={entry.modified} />
        </DetailRow>
        <DetailRow label="Changed">
          <When at={entry.changed} />
        </DetailRow>
        {entry.created == null ? null : (
          <DetailRow label="Created">
            <When at={entry.created} />
          </DetailRow>
        )}
        <DetailRow label="Owner">
          {entry.owner}:{entry.group}
          {owners === `${entry.owner}:${entry.group}` ? null : (
            <Text span inherit c="dimmed">
              {' '}
              ({owners})
            </Text>
          )}
        </DetailRow>
        <DetailRow label="Mode">
          <code>{modeString(entry.mode)}</code>
        </DetailRow>
        {entry.links > 1 && entry.kind === 'file' ? (
          <DetailRow label="Hard links">{entry.links}</DetailRow>
        ) : null}
      </DetailList>
      {entry.kind === 'directory' ? null : (
        <Versions
          dataset={dataset}
          path={entry.path}
          shown={past?.created ?? entry.deleted?.last.at ?? null}
          onStep={onStep}
          onRestore={onRestore}
          onCompare={onCompare}
        />
      )}
    </Stack>
  )
}

type SinceProps = { entry: Entry; past: Past | null; onCompare: (two: string) => void }

/** What became of it since the moment shown, and the way to see that. */
function SinceLine({ entry, past, onCompare }: SinceProps) {
  const mark = entry.deleted == null ? markOf(entry) : null
  if (mark === null) return null
  return (
    <Group gap={6} wrap="nowrap">
      <span aria-hidden>
        <Mark letter={mark.letter} tone={mark.tone} word={mark.word} />
      </span>
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        {mark.more === null ? mark.word : `${mark.word}, ${mark.more}`}
      </Text>
      {entry.kind === 'file' && entry.now === 'changed' && past !== null ? (
        <Button
          variant="default"
          size="compact-xs"
          ml="auto"
          onClick={() => onCompare(compareText({ at: past.tag, path: null }, NOW))}
        >
          Compare with now
        </Button>
      ) : null}
    </Group>
  )
}

function DeletedLine({ deleted }: { deleted: NonNullable<Entry['deleted']> }) {
  const { last, moved, snapshots } = deleted
  return (
    <Text size="sm">
      {moved ? 'It was moved elsewhere' : 'It was deleted'}, last seen <When at={last.at} />.{' '}
      {snapshots === 0
        ? 'No snapshot holds it, so it can’t be restored.'
        : `${plural(snapshots, 'snapshot holds', 'snapshots hold')} it.`}
    </Text>
  )
}

function Actions({
  dataset,
  past,
  entry,
  onRestore,
}: {
  dataset: string
  past: Past | null
  entry: Entry
  onRestore: () => void
}) {
  const at = past?.at ?? null
  const me = useMe()
  const refused = restoreRefusal(entry, at) ?? restoringRefusal(me, dataset)
  return (
    <Stack gap={4}>
      <Group gap="xs">
        <Button
          leftSection={<IconRestore size={16} aria-hidden />}
          disabled={refused !== null}
          onClick={onRestore}
        >
          Restore…
        </Button>
        {entry.kind === 'file' ? (
          <Button
            component="a"
            variant="default"
            href={contentUrl({ dataset, path: entry.path, at, download: true })}
            download
            leftSection={<IconDownload size={16} aria-hidden />}
          >
            Download
          </Button>
        ) : null}
        <GatherButton item={itemOfEntry(dataset, past, entry)} name={visibleName(entry.name)} />
      </Group>
      {refused === null ? null : (
        <Text size="xs" c="dimmed">
          {refused}
        </Text>
      )}
    </Stack>
  )
}

/** Why an entry can’t be restored, whoever asks. */
function restoreRefusal(entry: Entry, at: string | null): string | null {
  if (at === null) return 'This is the live one. To restore, choose a moment in the past.'
  if (!isRestorable(entry)) return KIND_REFUSAL
  return null
}
