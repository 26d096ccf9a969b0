import { Alert, Anchor, List, Stack, Text } from '@mantine/core'
import { Link } from 'react-router'

import type { Job, RestoreResult } from '../../api/types'
import { Bytes } from '../../ui/Bytes'
import { StateMark, type Tone } from '../../ui/StateMark'
import { paths } from '../../util/paths'
import { displayPath, displaySegment, lastSegment, parentPath } from '../../util/relpath'

type Item = RestoreResult['items'][number]

const MEANS: Record<Item['means'], string> = {
  copy_file_range: 'by the file system itself',
  read_write: 'copied',
  mixed: 'partly by the file system itself, partly copied',
  none: '',
}

/** What came of a restore, each item with the way to it. `onLeave` is called when such a way is taken. */
export function RestoreOutcome({ job, onLeave }: { job: Job; onLeave?: () => void }) {
  const { result, error } = job
  return (
    <Stack gap="sm">
      {error == null ? null : (
        <Alert role="alert" variant="default" title="It failed">
          <Text size="sm">{error.detail}</Text>
          <Text size="xs" c="dimmed" ff="monospace" mt={4}>
            {error.code}
          </Text>
        </Alert>
      )}
      {result == null ? null : (
        <Stack component="ul" gap="sm" p={0} m={0} style={{ listStyle: 'none' }} aria-label="Outcome">
          {result.items.map((item) => (
            <li key={item.path}>
              <ItemOutcome item={item} onLeave={onLeave} />
            </li>
          ))}
        </Stack>
      )}
      {result?.guard_snapshot == null ? null : (
        <Text size="sm">
          What was replaced is kept in the snapshot{' '}
          <Text span inherit ff="monospace">
            {result.guard_snapshot}
          </Text>
          .
        </Text>
      )}
    </Stack>
  )
}

const OUTCOME: Record<Item['outcome'], { tone: Tone; word: string }> = {
  restored: { tone: 'well', word: 'restored' },
  skipped: { tone: 'attention', word: 'skipped' },
  failed: { tone: 'fault', word: 'failed' },
}

function ItemOutcome({ item, onLeave }: { item: Item; onLeave: (() => void) | undefined }) {
  const { tone, word } = OUTCOME[item.outcome]
  return (
    <Stack gap={2}>
      <StateMark tone={tone}>
        <b style={{ overflowWrap: 'anywhere' }}>{displaySegment(lastSegment(item.path))}</b> {word}
        {item.outcome === 'restored' ? (
          <>
            , <Bytes value={item.bytes} /> {MEANS[item.means]}
          </>
        ) : null}
      </StateMark>
      {item.error == null ? null : <Text size="sm">{item.error}</Text>}
      {item.outcome === 'failed' ? null : (
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
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
        </Text>
      )}
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
