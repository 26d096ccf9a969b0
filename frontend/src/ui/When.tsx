import { Text, type TextProps } from '@mantine/core'

import { formatDateTime, formatFull, formatRelative } from '../util/dates'
import classes from './When.module.css'

type Props = TextProps & {
  /** RFC 3339; null shows `none`. */
  at: string | null | undefined
  none?: string
  /** Leaves "(6 months ago)" to the tip. */
  short?: boolean
}

/** `3 May 2026, 14:05 (6 months ago)`, the rest of what is known on hover. */
export function When({ at, none = 'never', short = false, ...rest }: Props) {
  const text = at == null ? <span className={classes.dim}>{none}</span> : <Time at={at} short={short} />
  // Without a wish of its own it is plain text, which costs the least: a list shows dozens.
  return Object.keys(rest).length === 0 ? (
    text
  ) : (
    <Text span inherit {...rest}>
      {text}
    </Text>
  )
}

function Time({ at, short }: { at: string; short: boolean }) {
  const relative = formatRelative(at)
  return (
    <time dateTime={at} title={short ? `${relative} · ${formatFull(at)}` : formatFull(at)}>
      {formatDateTime(at)}
      {short ? null : <span className={classes.dim}> ({relative})</span>}
    </time>
  )
}
