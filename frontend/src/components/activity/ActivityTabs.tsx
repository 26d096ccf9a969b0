import { Stack, Tabs } from '@mantine/core'
import type { ReactNode } from 'react'
import { useNavigate } from 'react-router'

import { paths } from '../../util/paths'
import { allows } from '../../util/roles'
import { useMe } from '../frame/me'

/** The jobs and, for admins, who did what: two pages that look like one. */
export function ActivityTabs({ value, children }: { value: 'jobs' | 'audit'; children: ReactNode }) {
  const navigate = useNavigate()
  const { role } = useMe()
  const content = <Stack gap="md">{children}</Stack>
  if (!allows(role, 'admin')) return content
  return (
    <Tabs value={value} onChange={(to) => void navigate(to === 'audit' ? paths.audit() : paths.activity())}>
      <Tabs.List mb="md">
        <Tabs.Tab value="jobs">Jobs</Tabs.Tab>
        <Tabs.Tab value="audit">Audit</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="jobs">{value === 'jobs' ? content : null}</Tabs.Panel>
      <Tabs.Panel value="audit">{value === 'audit' ? content : null}</Tabs.Panel>
    </Tabs>
  )
}
