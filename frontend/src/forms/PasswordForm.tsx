import { Alert, Button, PasswordInput, Stack } from '@mantine/core'
import { type SyntheticEvent, useState } from 'react'

import { toApiError } from '../api/errors'
import { useChangePassword } from '../api/mutations'
import { ErrorNote } from '../ui/ErrorNote'

const EMPTY = { current: '', next: '', again: '' }

/** One's own password. */
export function PasswordForm() {
  const [fields, setFields] = useState(EMPTY)
  const change = useChangePassword()
  const differ = fields.again !== '' && fields.again !== fields.next
  const error = change.isError ? toApiError(change.error) : null
  const atCurrent = error?.code === 'wrong_credentials' || error?.field === 'current'
  const atNew = error?.field === 'new'
  const set = (field: keyof typeof EMPTY) => (event: { currentTarget: { value: string } }) => {
    const { value } = event.currentTarget
    setFields((before) => ({ ...before, [field]: value }))
  }

  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    change.mutate({ current: fields.current, new: fields.next }, { onSuccess: () => setFields(EMPTY) })
  }

  return (
    <form onSubmit={submit}>
      <Stack maw={400}>
        {change.isSuccess ? (
          <Alert role="status" variant="default">
            Your password is changed.
          </Alert>
        ) : null}
        {error === null || atCurrent || atNew ? null : <ErrorNote error={error} />}
        <PasswordInput
          label="Current password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={fields.current}
          error={atCurrent ? error.message : undefined}
          onChange={set('current')}
        />
        <PasswordInput
          label="New password"
          autoComplete="new-password"
          required
          withAsterisk={false}
          value={fields.next}
          error={atNew ? error.message : undefined}
          onChange={set('next')}
        />
        <PasswordInput
          label="New password again"
          autoComplete="new-password"
          required
          withAsterisk={false}
          value={fields.again}
          error={differ ? 'The two new passwords differ.' : undefined}
          onChange={set('again')}
        />
        <Button
          type="submit"
          loading={change.isPending}
          disabled={fields.next === '' || fields.again !== fields.next}
          style={{ alignSelf: 'flex-start' }}
        >
          Change password
        </Button>
      </Stack>
    </form>
  )
}
