import type { CharacterRange } from '../api/search-types'

/** Places in text as the server counts them: by Unicode code points, not by the halves that JavaScript counts. */

/** The text's characters. */
export function charactersOf(text: string): string[] {
  return Array.from(text)
}

export type Piece = { text: string; marked: boolean }

/** The text with a range of it replaced. A range that is not in the text is cut to it. */
export function replaceRange(text: string, range: { start: number; end: number }, by: string): string {
  const characters = charactersOf(text)
  return [
    ...characters.slice(0, range.start),
    by,
    ...characters.slice(Math.max(range.start, range.end)),
  ].join('')
}

/** The characters cut into pieces that are in one of the ranges and pieces that are in none. Ranges may overlap. */
export function cut(characters: string[], ranges: CharacterRange[]): Piece[] {
  const pieces: Piece[] = []
  characters.forEach((text, i) => {
    const marked = ranges.some(([start = 0, end = 0]) => start <= i && i < end)
    const last = pieces.at(-1)
    if (last?.marked === marked) last.text += text
    else pieces.push({ text, marked })
  })
  return pieces
}

/** The ranges as they are in a part of the text that begins at `offset` and has `length` characters. */
export function within(ranges: CharacterRange[], offset: number, length: number): CharacterRange[] {
  return ranges
    .map(([start = 0, end = 0]) => [Math.max(0, start - offset), Math.min(length, end - offset)])
    .filter(([start = 0, end = 0]) => start < end)
}
