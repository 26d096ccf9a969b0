import { Stack, Text } from '@mantine/core'

import type { UndoResult } from '../../api/types'
import { StateMark } from '../../ui/StateMark'
import { formatCount } from '../../util/sizes'
import classes from './Restored.module.css'
import { undoneWords } from './restore-words'
import { RestoredItemLine } from './RestoredItemLine'

type Props = {
  result: UndoResult
  /** The way to an entry is taken. */
  onLeave?: (() => void) | undefined
}

/** What undoing a restore came to; entry by entry only what is not as before. */
export function UndoOutcome({ result, onLeave }: Props) {
  const { tone, words } = undoneWords(result)
  const amiss = result.items.filter(({ undone }) => undone !== 'undone')
  const more = result.left + result.failed - amiss.length
  return (
    <Stack gap="sm">
      <div role="status">
        <StateMark tone={tone}>{words}</StateMark>
      </div>
      {amiss.length === 0 ? null : (
        <ul className={classes.items} aria-label="Not undone" tabIndex={amiss.length > 3 ? 0 : undefined}>
          {amiss.map((item) => (
            <li key={item.target_path}>
              <RestoredItemLine item={item} onLeave={onLeave} />
            </li>
          ))}
        </ul>
      )}
      {more > 0 ? (
        <Text size="sm" c="dimmed">
          {formatCount(more)} more are on the restore’s page.
        </Text>
      ) : null}
    </Stack>
  )
}
