import { Anchor, Tabs } from '@mantine/core'
import { Link, Navigate, useNavigate, useParams } from 'react-router'

import { useMe } from '../components/frame/me'
import { TokensSection } from '../components/settings/TokensSection'
import { UsersSection } from '../components/settings/UsersSection'
import { PasswordForm } from '../forms/PasswordForm'
import { Page } from '../ui/Page'
import { paths } from '../util/paths'
import { allows } from '../util/roles'

const SECTIONS = {
  password: paths.settingsPassword(),
  tokens: paths.settingsTokens(),
  users: paths.settingsUsers(),
}

/** Who may do what? */
export function SettingsPage() {
  const { section } = useParams()
  const navigate = useNavigate()
  const { role, restricted } = useMe()
  const admin = allows(role, 'admin')
  if (section === undefined || !(section in SECTIONS) || (section === 'users' && !admin)) {
    return <Navigate to={paths.settingsPassword()} replace />
  }
  return (
    <Page
      title="Settings"
      actions={
        restricted ? null : (
          <Anchor component={Link} to={paths.index()} size="sm">
            Index
          </Anchor>
        )
      }
    >
      <Tabs
        value={section}
        keepMounted={false}
        onChange={(to) => {
          if (to !== null) void navigate(SECTIONS[to as keyof typeof SECTIONS])
        }}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="password">Password</Tabs.Tab>
          <Tabs.Tab value="tokens">Tokens</Tabs.Tab>
          {admin ? <Tabs.Tab value="users">Users</Tabs.Tab> : null}
        </Tabs.List>
        <Tabs.Panel value="password">
          <PasswordForm />
        </Tabs.Panel>
        <Tabs.Panel value="tokens">
          <TokensSection />
        </Tabs.Panel>
        {admin ? (
          <Tabs.Panel value="users">
            <UsersSection />
          </Tabs.Panel>
        ) : null}
      </Tabs>
    </Page>
  )
}
