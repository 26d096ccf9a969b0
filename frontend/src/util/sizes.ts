const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB']

/** Bytes for people, in binary units with three significant digits: `1.46 KiB`, `24.0 MiB`, `512 B`. */
export function formatBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  // 1023.5 would be shown as "1024"; the next unit reads better.
  while (Math.abs(value) >= 1023.5 && unit < UNITS.length - 1) {
    value /= 1024
    unit += 1
  }
  const digits = unit === 0 || Math.abs(value) >= 99.95 ? 0 : Math.abs(value) >= 9.995 ? 1 : 2
  return `${value.toFixed(digits)} ${UNITS[unit] ?? ''}`
}

/** The exact number, for the tip behind a rounded one: `1,500 bytes`. */
export function exactBytes(bytes: number): string {
  return bytes === 1 ? '1 byte' : `${formatCount(bytes)} bytes`
}

/** A count with separators for thousands. */
export function formatCount(count: number): string {
  return count.toLocaleString('en')
}

/** `1 file`, `14 files`; an irregular plural can be given. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}
