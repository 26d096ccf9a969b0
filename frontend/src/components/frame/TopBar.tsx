import { Anchor, Group, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'

import { poolsQuery } from '../../api/queries'
import { toneColor } from '../../ui/StateMark'
import { usePhone } from '../../ui/use-phone'
import { overallVerdict } from '../../util/health'
import { paths } from '../../util/paths'
import { SearchBox } from '../search/SearchBox'
import { Logo } from './Logo'
import { useMe } from './me'
import { RunningJobs } from './RunningJobs'
import { UserMenu } from './UserMenu'

/** Which server this is, the search box, what runs, how well it is, who is signed in. */
export function TopBar() {
  const me = useMe()
  const phone = usePhone()
  return (
    <Group h="100%" px="md" gap="sm" justify="space-between" wrap="nowrap">
      <Group gap="sm" wrap="nowrap" miw={0}>
        <Logo />
        <Text fw={650}>NASMan</Text>
        <Text size="sm" c="dimmed" truncate title="This server">
          {me.host}
        </Text>
      </Group>
      {/* On a phone it is on the search page. */}
      {phone ? null : <SearchBox />}
      <Group gap="md" wrap="nowrap">
        <RunningJobs />
        {me.restricted ? null : <HealthDot />}
        <UserMenu />
      </Group>
    </Group>
  )
}

function HealthDot() {
  const { data: pools, isError } = useQuery(poolsQuery)
  if (pools === undefined && !isError) return null
  const verdict = pools
    ? overallVerdict(pools)
    : { tone: 'unknown' as const, sentence: 'The state of the pools is not known.' }
  return (
    <Anchor
      component={Link}
      to={paths.home()}
      aria-label={verdict.sentence}
      title={verdict.sentence}
      lh={0}
      p={6}
    >
      <svg width="12" height="12" aria-hidden>
        <circle cx="6" cy="6" r="6" fill={toneColor(verdict.tone)} />
      </svg>
    </Anchor>
  )
}
