import type { CharacterRange } from '../api/search-types'
import { charactersOf, cut } from '../util/characters'
import { visibleCharacters } from '../util/names'
import classes from './Highlight.module.css'

/** A file's name, made visible, with what was searched for marked. */
export function Highlight({ name, ranges }: { name: string; ranges: CharacterRange[] }) {
  return cut(visibleCharacters(name), ranges).map(({ text, marked }, i) =>
    marked ? (
      <mark key={i} className={classes.match}>
        {text}
      </mark>
    ) : (
      text
    ),
  )
}

/** What was typed, with what is amiss underlined. */
export function Underlined({ text, ranges }: { text: string; ranges: CharacterRange[] }) {
  return cut(charactersOf(text), ranges).map(({ text: piece, marked }, i) =>
    marked ? (
      <mark key={i} className={classes.wrong}>
        {piece}
      </mark>
    ) : (
      piece
    ),
  )
}
