import { Alert, List, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'

import type { ApiError } from '../../api/errors'
import type { SearchProblem } from '../../api/search-types'
import { Underlined } from '../../ui/Highlight'

type Props = {
  q: string
  problems: SearchProblem[]
  misspelt: ApiError | null
  /** Beneath is what was found before. */
  kept: boolean
}

/** What in the box was not understood: the text with the places underlined, and why. */
export function QueryNotes({ q, problems, misspelt, kept }: Props) {
  if (problems.length === 0 && misspelt === null) return null
  const places = misspelt === null ? problems : misspelt.position === null ? [] : [misspelt.position]
  const words = misspelt === null ? problems.map(({ detail }) => detail) : [misspelt.message]
  return (
    <Alert
      variant="default"
      p="xs"
      role={misspelt === null ? 'note' : 'alert'}
      icon={<IconAlertTriangle size={18} color="var(--nm-attention)" aria-hidden />}
    >
      <Text size="sm" ff="monospace" style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
        <Underlined text={q} ranges={places.map(({ start, end }) => [start, end])} />
      </Text>
      <List size="sm" listStyleType="none">
        {words.map((text) => (
          <List.Item key={text}>{text}</List.Item>
        ))}
      </List>
      {misspelt === null || !kept ? null : (
        <Text size="sm" c="dimmed">
          What is shown was found before.
        </Text>
      )}
    </Alert>
  )
}
