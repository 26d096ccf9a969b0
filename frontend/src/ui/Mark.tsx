import { VisuallyHidden } from '@mantine/core'

import classes from './Mark.module.css'

/** What became of a file: a letter and a tone, and the word for who hears or hovers it. */
export type MarkTone = 'new' | 'gone' | 'other'

export function Mark({ letter, tone, word }: { letter: string; tone: MarkTone; word: string }) {
  return (
    <span className={classes.mark} data-tone={tone} title={word}>
      <span aria-hidden>{letter}</span>
      <VisuallyHidden>{word}</VisuallyHidden>
    </span>
  )
}
