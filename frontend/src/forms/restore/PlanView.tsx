import { Alert, List, Text } from '@mantine/core'
import type { ReactNode } from 'react'

import type { ConflictPolicy, PlanItem, RestorePlan } from '../../api/types'
import { Bytes } from '../../ui/Bytes'
import { More } from '../../ui/More'
import { StateMark } from '../../ui/StateMark'
import { When } from '../../ui/When'
import { displayPath } from '../../util/relpath'
import { formatBytes, formatCount, plural } from '../../util/sizes'
import { ConflictList } from './ConflictList'
import {
  actionWords,
  contentWords,
  lacksSpace,
  methodWords,
  nameOf,
  targetWords,
  totalWords,
} from './plan-words'
import classes from './PlanView.module.css'

/** So many lines are read, if at all; what happens to the rest is in the totals. */
const MOST_LINES = 100

type Props = {
  label: string
  plan: RestorePlan
  /** Another plan is on its way. */
  busy: boolean
  addedSince: 'leave' | 'move_aside'
  /** What was chosen for single entries. */
  single: Readonly<Record<string, ConflictPolicy>>
  onSingle: (path: string, policy: ConflictPolicy | null) => void
}

/** What a restore would do, before it does it. */
export function PlanView({ label, plan, busy, addedSince, single, onSingle }: Props) {
  const conflicts = conflictsOf(plan)
  const inConflict = new Set(conflicts.map(({ path }) => path))
  const others = plan.items.filter(({ action, path }) => action !== 'refused' && !inConflict.has(path))
  const refused = plan.refused.items.filter(({ path }) => !inConflict.has(path))
  const method = methodWords(plan)
  return (
    <section className={classes.plan} aria-label={label} aria-busy={busy}>
      <Text size="sm" fw={600}>
        {totalWords(plan)}
      </Text>
      <Lines label="Put back" items={others} line={(item) => <ItemLine item={item} />} />
      {refused.length === 0 ? null : (
        <Part title={`${formatCount(plan.refused.count)} can’t be restored`}>
          <Lines
            label="Refused"
            items={refused}
            total={plan.refused.count}
            line={(item) => <RefusedLine item={item} />}
          />
        </Part>
      )}
      {conflicts.length === 0 ? null : (
        <Part title="Something is there">
          <ConflictList
            items={conflicts}
            more={plan.conflicts - plan.conflict_items.length}
            single={single}
            onSingle={onSingle}
          />
        </Part>
      )}
      {plan.unchanged === 0 ? null : (
        <Text size="sm">
          {plural(plan.unchanged, 'entry is', 'entries are')} there already, the same as then, and left.
        </Text>
      )}
      {method === null ? null : <Text size="sm">{method}</Text>}
      {lacksSpace(plan) ? (
        <StateMark tone="fault">
          There is not enough space: {formatBytes(plan.copy_bytes - plan.available)} are missing. Free some,
          or restore to another dataset.
        </StateMark>
      ) : null}
      {plan.guard_snapshot ? (
        <Text size="sm">A guard snapshot is taken first, so that what is replaced can be brought back.</Text>
      ) : null}
      <AddedSince added={plan.added_since} choice={addedSince} />
      {plan.not_kept.length === 0 ? null : (
        <Alert variant="default" title="What can’t be kept" p="xs">
          <List size="sm">
            {plan.not_kept.map(({ what, why, count }) => (
              <List.Item key={what + why}>
                {what}
                {count > 1 ? ` of ${formatCount(count)}` : ''}: {why}
              </List.Item>
            ))}
          </List>
        </Alert>
      )}
      {plan.warnings.map((warning) => (
        <Alert key={warning} variant="default" p="xs">
          {warning}
        </Alert>
      ))}
    </section>
  )
}

/** With what is refused because of what is there: another choice may do. */
function conflictsOf(plan: RestorePlan): PlanItem[] {
  const refused = plan.refused.items.filter(({ existing }) => existing != null)
  return [...new Map([...refused, ...plan.conflict_items].map((item) => [item.path, item])).values()]
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <Text size="sm" fw={600} mb={4}>
        {title}
      </Text>
      {children}
    </div>
  )
}

type LinesProps = {
  label: string
  items: PlanItem[]
  /** How many there are, where not all are told. */
  total?: number
  line: (item: PlanItem) => ReactNode
}

function Lines({ label, items, total = items.length, line }: LinesProps) {
  const shown = items.slice(0, MOST_LINES)
  if (items.length === 0) return null
  return (
    // A list that scrolls has to be reached by keyboard.
    <ul className={classes.list} aria-label={label} tabIndex={items.length > 5 ? 0 : undefined}>
      {shown.map((item) => (
        <li key={item.path}>{line(item)}</li>
      ))}
      {total > shown.length ? (
        <li>
          <Text size="sm" c="dimmed">
            and {formatCount(total - shown.length)} more
          </Text>
        </li>
      ) : null}
    </ul>
  )
}

function ItemLine({ item }: { item: PlanItem }) {
  return (
    <Text size="sm" component="div">
      <b className={classes.name}>{nameOf(item)}</b> (<What item={item} />) {actionWords(item)}{' '}
      <span className={classes.path}>{targetWords(item)}</span>
    </Text>
  )
}

function What({ item }: { item: PlanItem }) {
  if (item.contents != null) return contentWords(item.contents)
  return (
    <>
      {item.kind === 'file' ? (
        <>
          <Bytes value={item.size} />,{' '}
        </>
      ) : null}
      modified <When at={item.modified} none="at an unknown time" short />
    </>
  )
}

function RefusedLine({ item }: { item: PlanItem }) {
  return (
    <Text size="sm" component="div">
      <b className={classes.name}>{nameOf(item)}</b> {item.detail ?? 'can’t be restored.'}
    </Text>
  )
}

function AddedSince({ added, choice }: { added: RestorePlan['added_since']; choice: Props['addedSince'] }) {
  const { count, items } = added
  if (count === 0) return null
  const were = count === 1 ? 'was' : 'were'
  const happens =
    choice === 'leave' ? (count === 1 ? 'stays' : 'stay') : `${count === 1 ? 'is' : 'are'} moved aside`
  return (
    <More word={`${plural(count, 'entry', 'entries')} ${were} added since and ${happens}`}>
      <ul className={classes.list} aria-label="Added since" tabIndex={items.length > 5 ? 0 : undefined}>
        {items.map((path) => (
          <li key={path}>
            <Text size="sm" className={classes.path}>
              {displayPath(path)}
            </Text>
          </li>
        ))}
        {count > items.length ? (
          <li>
            <Text size="sm" c="dimmed">
              and {formatCount(count - items.length)} more
            </Text>
          </li>
        ) : null}
      </ul>
    </More>
  )
}
