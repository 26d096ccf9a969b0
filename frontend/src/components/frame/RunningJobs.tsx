import { Anchor, Group, RingProgress, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from 'react-router'

import { jobsQuery } from '../../api/queries'
import { usePollInterval } from '../../api/use-events'
import { jobPercent } from '../../util/jobs'
import { paths } from '../../util/paths'
import { plural } from '../../util/sizes'

/** A ring that fills while jobs run; nothing when none does. */
export function RunningJobs() {
  const { data } = useInfiniteQuery({ ...jobsQuery('processing', null), refetchInterval: usePollInterval() })
  const jobs = data?.pages.flatMap((page) => page.items) ?? []
  if (jobs.length === 0) return null
  const percent = jobs.reduce((sum, job) => sum + (jobPercent(job) ?? 0), 0) / jobs.length
  const label = `${plural(jobs.length, 'job')} running`
  return (
    <Anchor component={Link} to={paths.activity()} underline="never" c="inherit" title={label}>
      <Group gap={6} wrap="nowrap">
        <RingProgress
          size={24}
          thickness={4}
          sections={[{ value: percent, color: 'blue' }]}
          aria-hidden
          transitionDuration={0}
        />
        <Text size="sm" visibleFrom="sm">
          {label}
        </Text>
      </Group>
    </Anchor>
  )
}
