const NAMED: Record<string, string> = { '\n': '␊', '\t': '␉', '\r': '␍', '\u007f': '␡' }

/**
 * A file's name as one line that shows what is there: control characters become their pictures, the marks that
 * turn text around become `<U+202E>`, and blanks at either end become visible. For display only; a path is identity.
 */
export function visibleName(name: string): string {
  return (
    name
      // eslint-disable-next-line no-control-regex -- control characters are what this is about
      .replace(/[\u0000-\u001f\u007f]/g, (c) => NAMED[c] ?? String.fromCharCode(0x2400 + c.charCodeAt(0)))
      .replace(/[\u0080-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, (c) => {
        return `<U+${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}>`
      })
      .replace(/^ +| +$/g, (blanks) => '␠'.repeat(blanks.length))
  )
}

/** What comes after the last dot, in lower case; empty when there is none. */
export function extension(name: string): string {
  const dot = name.lastIndexOf('.')
  return dot > 0 ? name.slice(dot + 1).toLowerCase() : ''
}
