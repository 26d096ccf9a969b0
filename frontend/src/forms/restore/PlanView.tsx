import { Alert, List, Stack, Text } from '@mantine/core'

import type { PlanItem, RestorePlan } from '../../api/types'
import { Bytes } from '../../ui/Bytes'
import { When } from '../../ui/When'
import { displayPath, displaySegment, lastSegment } from '../../util/relpath'
import { plural } from '../../util/sizes'
import classes from './PlanView.module.css'

const ACTION: Record<PlanItem['action'], string> = {
  create: 'is put back as',
  keep_both: 'is put beside what is there, as',
  replace: 'replaces',
  skip: 'is skipped: there is already',
  refused: 'can’t be restored to',
}

/** What a restore would do, before it does it. */
export function PlanView({ plan }: { plan: RestorePlan }) {
  const kept = notKept(plan.items)
  const cloned = plan.items.filter((item) => item.method === 'clone').length
  return (
    <section className={classes.plan} aria-label="Plan">
      <Text size="sm" fw={600}>
        {plural(plan.files, 'file')}, <Bytes value={plan.bytes} />
        {plan.conflicts === 0 ? '' : `, ${plural(plan.conflicts, 'conflict')}`}
      </Text>
      <Stack component="ul" gap={6} className={classes.items}>
        {plan.items.map((item) => (
          <li key={item.path}>
            <ItemLine item={item} />
          </li>
        ))}
      </Stack>
      {plan.files === 0 ? null : (
        <Text size="sm">
          {cloned === plan.items.length
            ? 'Blocks are shared inside the pool where ZFS can: no time, no extra space.'
            : 'The content is copied.'}
        </Text>
      )}
      {plan.guard_snapshot ? (
        <Text size="sm">A guard snapshot is taken first, so that what is replaced can be brought back.</Text>
      ) : null}
      {kept.length === 0 ? null : (
        <Alert variant="default" title="What can’t be kept" p="xs">
          <List size="sm">
            {kept.map(({ what, why }) => (
              <List.Item key={what + why}>
                {what}: {why}
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

function ItemLine({ item }: { item: PlanItem }) {
  return (
    <Text size="sm" component="div">
      <b className={classes.name}>{displaySegment(lastSegment(item.path))}</b> (<Bytes value={item.size} />,
      modified <When at={item.modified} short />) {ACTION[item.action]}{' '}
      <span className={classes.path}>
        {displayPath(item.target_path)} in {item.target_dataset}
      </span>
      {item.detail == null ? null : (
        <Text size="sm" c="dimmed">
          {item.detail}
        </Text>
      )}
      {item.existing == null ? null : (
        <Text size="sm" c="dimmed">
          There now: <Bytes value={item.existing.size} />, modified <When at={item.existing.modified} />
        </Text>
      )}
    </Text>
  )
}

/** Said once, however many files it is true of. */
function notKept(items: PlanItem[]): { what: string; why: string }[] {
  const all = items.flatMap((item) => item.not_kept)
  return [...new Map(all.map((loss) => [`${loss.what}\n${loss.why}`, loss])).values()]
}
