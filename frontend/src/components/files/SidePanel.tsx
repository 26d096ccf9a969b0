import { Button, CloseButton, Group, Stack, Text, Title } from '@mantine/core'
import { IconDownload, IconRestore } from '@tabler/icons-react'

import { contentUrl } from '../../api/client'
import type { Entry, Moment } from '../../api/types'
import { Bytes } from '../../ui/Bytes'
import { DetailList, DetailRow } from '../../ui/DetailRow'
import { When } from '../../ui/When'
import { modeString } from '../../util/mode'
import { visibleName } from '../../util/names'
import { refusal } from '../../util/roles'
import { useMe } from '../frame/me'
import { KindIcon } from './KindIcon'
import { Preview } from './Preview'
import { kindWord } from './preview-kind'

type Props = {
  dataset: string
  /** Null: the live file. */
  moment: Moment | null
  entry: Entry
  onRestore: () => void
  onClose: () => void
}

/** The chosen entry: what is in it, what is known about it, what can be done with it. */
export function SidePanel({ dataset, moment, entry, onRestore, onClose }: Props) {
  const at = moment?.guid ?? null
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
      <Actions dataset={dataset} at={at} entry={entry} onRestore={onRestore} />
      {entry.kind === 'file' ? (
        <Preview key={`${entry.path}@${at ?? ''}`} dataset={dataset} at={at} entry={entry} />
      ) : null}
      <DetailList>
        <DetailRow label="Kind">{kindWord(entry)}</DetailRow>
        <DetailRow label="Moment">
          {moment === null ? 'Now' : <When at={moment.created} />}
          {moment === null ? null : (
            <Text size="xs" ff="monospace">
              {moment.tag}
            </Text>
          )}
        </DetailRow>
        {entry.kind === 'file' ? (
          <DetailRow label="Size">
            <Bytes value={entry.size} />
            <Text span inherit c="dimmed">
              {' '}
              (<Bytes value={entry.allocated} /> on disk)
            </Text>
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
    </Stack>
  )
}

function Actions({
  dataset,
  at,
  entry,
  onRestore,
}: {
  dataset: string
  at: string | null
  entry: Entry
  onRestore: () => void
}) {
  const { role } = useMe()
  const refused = restoreRefusal(entry, at) ?? refusal(role, 'operator')
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
  if (entry.kind === 'directory')
    return 'Folders can’t be restored as a whole yet; open it and restore its files.'
  if (entry.kind !== 'file' && entry.kind !== 'symlink')
    return 'Only files and symbolic links can be restored.'
  return null
}
