import { visibleName } from './names'

/**
 * Paths inside a dataset as the API has them: percent-encoded, relative, `/` between, empty for the root.
 * They are compared and sent as they are; only for people are they decoded.
 */

/** One name decoded for people. Bytes that are not UTF-8 show as `�`. */
export function displaySegment(segment: string): string {
  return visibleName(decodeLossy(segment))
}

/** One name decoded but not made visible: what places in it are counted in. */
export function decodedSegment(segment: string): string {
  return decodeLossy(segment)
}

/** The whole path decoded for people, with a leading slash. */
export function displayPath(path: string): string {
  return `/${path.split('/').map(displaySegment).join('/')}`
}

/** The last name of a path, still encoded. */
export function lastSegment(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** The folder that holds it; the root's is the root. */
export function parentPath(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash < 0 ? '' : path.slice(0, slash)
}

/** Whether a path is a folder's or leads into it. */
export function isWithin(path: string, folder: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`)
}

/** The innermost folder that holds all of them. */
export function commonFolder(paths: string[]): string {
  const [first = '', ...others] = paths.map(parentPath)
  let folder = first
  while (!others.every((other) => isWithin(other, folder))) folder = parentPath(folder)
  return folder
}

/**
 * What a person typed or pasted, as a path. `/tank/home/Documents` loses the mountpoint when it is under it; a `%` that
 * does not begin an escape is taken as itself, and so are blanks and umlauts.
 */
export function parseTyped(text: string, mountpoint: string | null): string {
  let typed = text.trim()
  if (
    mountpoint !== null &&
    (typed === mountpoint || typed.startsWith(`${mountpoint.replace(/\/$/, '')}/`))
  ) {
    typed = typed.slice(mountpoint.replace(/\/$/, '').length)
  }
  return typed
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.')
    .map(encodeSegment)
    .join('/')
}

/** A name's text as a segment; escapes that are there already are kept. */
function encodeSegment(text: string): string {
  return text
    .split(/(%[0-9A-Fa-f]{2})/)
    .map((part, i) => (i % 2 === 1 ? part.toUpperCase() : encodeStrict(part)))
    .join('')
}

// encodeURIComponent leaves !'()* alone; the server's canonical form does not.
function encodeStrict(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function decodeLossy(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    const bytes: number[] = []
    for (const part of segment.split(/(%[0-9A-Fa-f]{2})/)) {
      if (/^%[0-9A-Fa-f]{2}$/.test(part)) bytes.push(parseInt(part.slice(1), 16))
      else bytes.push(...new TextEncoder().encode(part))
    }
    return new TextDecoder().decode(new Uint8Array(bytes))
  }
}
