import { Anchor, List, Stack, Text } from '@mantine/core'
import { Link } from 'react-router'

import type { RestoredItem } from '../../api/types'
import { Bytes } from '../../ui/Bytes'
import { StateMark, type Tone } from '../../ui/StateMark'
import { paths } from '../../util/paths'
import { displayPath, displaySegment, lastSegment, parentPath } from '../../util/relpath'

const MEANS: Record<RestoredItem['means'], string> = {
  copy_file_range: 'by the file system itself',
  read_write: 'copied',
  mixed: 'partly by the file system itself, partly copied',
  none: '',
}

const OUTCOME: Record<RestoredItem['outcome'], { tone: Tone; word: string }> = {
  restored: { tone: 'well', word: 'restored' },
  skipped: { tone: 'attention', word: 'skipped' },
  failed: { tone: 'fault', word: 'failed' },
}

const UNDONE: Record<NonNullable<RestoredItem['undone']>, string> = {
  undone: 'Undone since',
  left: 'Left when the restore was undone',
  failed: 'Could not be undone',
}

/** What came of one entry, and the way to it. `onLeave` is called when that is taken. */
export function RestoredItemLine({ item, onLeave }: { item: RestoredItem; onLeave?: () => void }) {
  const { tone, word } = OUTCOME[item.outcome]
  return (
    <Stack gap={2}>
      <StateMark tone={tone}>
        <b style={{ overflowWrap: 'anywhere' }}>{displaySegment(lastSegment(item.path))}</b> {word}
        {item.outcome === 'restored' && item.means !== 'none' ? (
          <>
            , <Bytes value={item.bytes} /> {MEANS[item.means]}
          </>
        ) : null}
      </StateMark>
      {item.error == null ? null : <Text size="sm">{item.error}</Text>}
      {item.undone == null ? null : (
        <Text size="sm">
          {UNDONE[item.undone]}
          {item.undo_error == null ? '' : `: ${item.undo_error}`}
        </Text>
      )}
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        {item.outcome === 'failed' || item.undone === 'undone' ? (
          `${displayPath(item.target_path)} in ${item.target_dataset}`
        ) : (
          <Anchor
            component={Link}
            inherit
            to={paths.files(item.target_dataset, {
              path: parentPath(item.target_path),
              selected: item.target_path,
            })}
            onClick={onLeave}
          >
            Show {displayPath(item.target_path)} in {item.target_dataset}
          </Anchor>
        )}
      </Text>
      {item.not_kept.length === 0 ? null : (
        <List size="sm">
          {item.not_kept.map(({ what, why }) => (
            <List.Item key={what}>
              {what} not kept: {why}
            </List.Item>
          ))}
        </List>
      )}
    </Stack>
  )
}
