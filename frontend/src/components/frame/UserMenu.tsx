import {
  Button,
  Divider,
  Popover,
  SegmentedControl,
  Stack,
  Text,
  UnstyledButton,
  useMantineColorScheme,
} from '@mantine/core'
import { IconBook, IconKey, IconLogout, IconUserCircle } from '@tabler/icons-react'
import { useState } from 'react'
import { Link } from 'react-router'

import { apiBase } from '../../api/client'
import { useSignOut } from '../../api/mutations'
import { paths } from '../../util/paths'
import { useMe } from './me'

const ITEM = {
  variant: 'subtle',
  color: 'gray',
  justify: 'flex-start',
  size: 'sm',
  c: 'inherit',
  fw: 400,
} as const

/** The user: name and role, light or dark, the way out. */
export function UserMenu() {
  const { user, role, version } = useMe()
  const [opened, setOpened] = useState(false)
  const signOut = useSignOut()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      position="bottom-end"
      width={240}
      trapFocus
      returnFocus
      transitionProps={{ duration: 0 }}
    >
      <Popover.Target>
        <UnstyledButton aria-label={`User ${user.name}`} lh={0} p={4} onClick={() => setOpened(!opened)}>
          <IconUserCircle size={24} stroke={1.6} aria-hidden />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown p="xs" aria-label="User">
        <Stack gap={4}>
          <Text size="sm" px={4}>
            {user.name}{' '}
            <Text span inherit c="dimmed">
              · {role}
            </Text>
          </Text>
          <SegmentedControl
            fullWidth
            size="xs"
            aria-label="Colours"
            value={colorScheme}
            onChange={(value) => setColorScheme(value)}
            data={[
              { value: 'auto', label: 'System' },
              { value: 'light', label: 'Light' },
              { value: 'dark', label: 'Dark' },
            ]}
            transitionDuration={0}
          />
          <Divider my={2} />
          <Button
            {...ITEM}
            component={Link}
            to={paths.settingsPassword()}
            leftSection={<IconKey size={16} aria-hidden />}
            onClick={() => setOpened(false)}
          >
            Change password
          </Button>
          <Button
            {...ITEM}
            component="a"
            href={apiBase + paths.apiDocs()}
            leftSection={<IconBook size={16} aria-hidden />}
          >
            API reference
          </Button>
          <Button
            {...ITEM}
            leftSection={<IconLogout size={16} aria-hidden />}
            loading={signOut.isPending}
            onClick={() => signOut.mutate()}
          >
            Sign out
          </Button>
          <Text size="xs" c="dimmed" px={4}>
            {signOut.isError ? signOut.error.message : `NASMan ${version}`}
          </Text>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}
