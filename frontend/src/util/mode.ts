/** A mode as `ls` shows it, with the octal number: `rw-r----- (0640)`. */
export function modeString(mode: number): string {
  const bits = mode & 0o7777
  const triple = (shift: number, special: boolean, letter: string) => {
    const part = (bits >> shift) & 7
    const execute = (part & 1) === 1
    const last = special ? (execute ? letter : letter.toUpperCase()) : execute ? 'x' : '-'
    return `${part & 4 ? 'r' : '-'}${part & 2 ? 'w' : '-'}${last}`
  }
  const text =
    triple(6, (bits & 0o4000) !== 0, 's') +
    triple(3, (bits & 0o2000) !== 0, 's') +
    triple(0, (bits & 0o1000) !== 0, 't')
  return `${text} (${bits.toString(8).padStart(4, '0')})`
}
