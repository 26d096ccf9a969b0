import { NativeSelect, Text } from '@mantine/core'

import type { ConflictPolicy, PlanItem } from '../../api/types'
import { Bytes } from '../../ui/Bytes'
import { When } from '../../ui/When'
import { displayPath, displaySegment, lastSegment, parentPath } from '../../util/relpath'
import { formatCount } from '../../util/sizes'
import { POLICIES } from './choices'
import { nameOf } from './plan-words'
import classes from './PlanView.module.css'

type Props = {
  items: PlanItem[]
  /** How many more there are. */
  more: number
  single: Readonly<Record<string, ConflictPolicy>>
  onSingle: (path: string, policy: ConflictPolicy | null) => void
}

/** What is in the way of what, and a choice for each. */
export function ConflictList({ items, more, single, onSingle }: Props) {
  return (
    <>
      <ul className={classes.list} aria-label="Conflicts">
        {items.map((item) => (
          <li key={item.path} className={classes.conflict}>
            <Conflict item={item} />
            <NativeSelect
              size="xs"
              aria-label={`What to do with ${nameOf(item)}`}
              value={single[item.path] ?? ''}
              data={[{ value: '', label: 'As chosen above' }, ...POLICIES]}
              onChange={({ currentTarget: { value } }) =>
                onSingle(item.path, value === '' ? null : (value as ConflictPolicy))
              }
            />
          </li>
        ))}
      </ul>
      {more > 0 ? (
        <Text size="sm" c="dimmed" mt={4}>
          and {formatCount(more)} more, as chosen above
        </Text>
      ) : null}
    </>
  )
}

function Conflict({ item }: { item: PlanItem }) {
  const { existing } = item
  const folder = parentPath(item.target_path)
  return (
    <Text size="sm" component="div">
      <b className={classes.name}>{nameOf(item)}</b> {outcome(item)}
      {folder === '' ? null : (
        <Text span size="sm" c="dimmed" className={classes.path}>
          {' '}
          in {displayPath(folder)}
        </Text>
      )}
      {existing == null ? null : (
        <Text size="xs" c="dimmed">
          There now: {existing.kind === 'file' ? <Bytes value={existing.size} /> : existing.kind}, modified{' '}
          <When at={existing.modified} none="at an unknown time" short />. Then:{' '}
          {item.kind === 'file' ? <Bytes value={item.size} /> : item.kind}, modified{' '}
          <When at={item.modified} none="at an unknown time" short />.
        </Text>
      )}
      {item.detail == null ? null : <Text size="xs">{item.detail}</Text>}
    </Text>
  )
}

function outcome(item: PlanItem): string {
  switch (item.action) {
    case 'keep_both':
      return `is put beside it as ${displaySegment(lastSegment(item.target_path))}`
    case 'replace':
      return 'replaces it'
    case 'skip':
      return 'is skipped'
    case 'merge':
      return 'goes into it'
    case 'create':
    case 'move_aside':
      return 'is put back'
    case 'refused':
      return 'can’t be restored'
  }
}
