import { Button, Group, Stack, Text } from '@mantine/core'
import { Link } from 'react-router'

import type { RestoreResult } from '../../api/types'
import { StateMark } from '../../ui/StateMark'
import { paths } from '../../util/paths'
import { commonFolder } from '../../util/relpath'
import { formatCount } from '../../util/sizes'
import classes from './Restored.module.css'
import { countsOf, countWords, failuresFirst } from './restore-words'
import { RestoredItemLine } from './RestoredItemLine'

/** So many entries are told in a dialog; the job's page has all. */
const MOST_ITEMS = 50

/** What came of a restore: how many, what went wrong, the way to the rest. `onLeave` is called when a way is taken. */
export function RestoreOutcome({ result, onLeave }: { result: RestoreResult; onLeave: () => void }) {
  const { tone, words } = countWords(result)
  const items = failuresFirst(result.items).slice(0, MOST_ITEMS)
  const more = countsOf(result).all - items.length
  const shown = showUrl(result)
  return (
    <Stack gap="sm">
      <Group justify="space-between" gap="xs" role="status">
        <StateMark tone={tone}>{words}</StateMark>
        {shown === null ? null : (
          <Button component={Link} to={shown} variant="default" size="xs" onClick={onLeave}>
            Show it
          </Button>
        )}
      </Group>
      <ul className={classes.items} aria-label="Outcome" tabIndex={items.length > 3 ? 0 : undefined}>
        {items.map((item) => (
          <li key={item.path}>
            <RestoredItemLine item={item} onLeave={onLeave} />
          </li>
        ))}
      </ul>
      {more > 0 ? (
        <Text size="sm" c="dimmed">
          {formatCount(more)} more are on the job’s page.
        </Text>
      ) : null}
      <GuardNote guard={result.guard_snapshot} />
    </Stack>
  )
}

export function GuardNote({ guard }: { guard: string | null | undefined }) {
  if (guard == null) return null
  return (
    <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
      What was replaced is kept in the snapshot{' '}
      <Text span inherit ff="monospace">
        {guard}
      </Text>
      .
    </Text>
  )
}

/** The folder in which all that was restored is now. */
function showUrl({ items }: RestoreResult): string | null {
  const back = items.filter(({ outcome }) => outcome === 'restored')
  const [first] = back
  if (first === undefined) return null
  return paths.files(first.target_dataset, {
    path: commonFolder(back.map(({ target_path }) => target_path)),
    selected: back.length === 1 ? first.target_path : null,
  })
}
