// Arrows, for which fonts have pictures; hardly any has those of the block made for control characters.
const NAMED: Record<string, string> = { '\n': '↵', '\t': '⇥' }

// eslint-disable-next-line no-control-regex -- control characters are what this is about
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

/**
 * A file's name as one line that shows what is there: line breaks and tabs become arrows, other control characters and the
 * marks that turn text around become `<U+202E>`, and blanks at either end become visible. For display only; a path is identity.
 */
export function visibleName(name: string): string {
  return name
    .replace(HIDDEN, (c) => NAMED[c] ?? codePoint(c))
    .replace(/^ +| +$/g, (blanks) => '␣'.repeat(blanks.length))
}

/** The same, character by character: the nth is what the name's nth is shown as. */
export function visibleCharacters(name: string): string[] {
  const characters = Array.from(name)
  const begin = characters.findIndex((c) => c !== ' ')
  const end = characters.findLastIndex((c) => c !== ' ')
  return characters.map((c, i) =>
    c === ' ' && (i < begin || i > end) ? '␣' : c.replace(HIDDEN, (h) => NAMED[h] ?? codePoint(h)),
  )
}

function codePoint(character: string): string {
  return `<U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}>`
}

/** What comes after the last dot, in lower case; empty when there is none. */
export function extension(name: string): string {
  const dot = name.lastIndexOf('.')
  return dot > 0 ? name.slice(dot + 1).toLowerCase() : ''
}
