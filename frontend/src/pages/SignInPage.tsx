import { Button, Center, Group, Paper, PasswordInput, Stack, TextInput, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { type SyntheticEvent, useState } from 'react'
import { useNavigate, useSearchParams } from 'react-router'

import { useSignIn } from '../api/mutations'
import { Logo } from '../components/frame/Logo'
import { ErrorNote } from '../ui/ErrorNote'
import { safeNext } from '../util/paths'

/** Name and password; then back to where one was. */
export function SignInPage() {
  useDocumentTitle('Sign in · NASMan')
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [query] = useSearchParams()
  const navigate = useNavigate()
  const signIn = useSignIn()

  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    signIn.mutate(
      { name, password },
      { onSuccess: () => void navigate(safeNext(query.get('next')), { replace: true }) },
    )
  }

  return (
    <Center component="main" mih="80dvh" p="md">
      <Paper withBorder p="xl" w="100%" maw={380}>
        <form onSubmit={submit}>
          <Stack>
            <Group gap="sm">
              <Logo />
              <Title order={1}>Sign in to NASMan</Title>
            </Group>
            {signIn.isError ? <ErrorNote error={signIn.error} /> : null}
            <TextInput
              label="Name"
              autoComplete="username"
              autoCapitalize="none"
              spellCheck={false}
              required
              withAsterisk={false}
              data-autofocus
              autoFocus
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <PasswordInput
              label="Password"
              autoComplete="current-password"
              required
              withAsterisk={false}
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
            <Button type="submit" loading={signIn.isPending}>
              Sign in
            </Button>
          </Stack>
        </form>
      </Paper>
    </Center>
  )
}
