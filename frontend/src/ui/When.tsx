import { Text, type TextProps } from '@mantine/core'

import { formatDateTime, formatFull, formatRelative } from '../util/dates'

type Props = TextProps & {
  /** RFC 3339; null shows `none`. */
  at: string | null | undefined
  none?: string
  /** Leaves "(6 months ago)" to the tip. */
  short?: boolean
}

/** `3 May 2026, 14:05 (6 months ago)`, the rest of what is known on hover. */
export function When({ at, none = 'never', short = false, ...rest }: Props) {
  if (at == null) {
    return (
      <Text span inherit c="dimmed" {...rest}>
        {none}
      </Text>
    )
  }
  const relative = formatRelative(at)
  return (
    <Text span inherit {...rest}>
      <time dateTime={at} title={short ? `${relative} · ${formatFull(at)}` : formatFull(at)}>
        {formatDateTime(at)}
        {short ? null : (
          <Text span inherit c="dimmed">
            {' '}
            ({relative})
          </Text>
        )}
      </time>
    </Text>
  )
}
