import classes from './Mark.module.css'
import { Unseen } from './Unseen'

/** What became of a file: a letter and a tone, and the word for who hears or hovers it. */
export type MarkTone = 'new' | 'gone' | 'other'

export function Mark({ letter, tone, word }: { letter: string; tone: MarkTone; word: string }) {
  return (
    <span className={classes.mark} data-tone={tone} title={word}>
      <span aria-hidden>{letter}</span>
      <Unseen>{word}</Unseen>
    </span>
  )
}
