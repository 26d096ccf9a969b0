import type { CharacterRange, SearchProblem } from '../src/api/search-types'
import { charactersOf } from '../src/util/characters.ts'
import type { Document } from './search-documents.ts'

/** The language of the box as far as a stand-in needs it. Places are counted in characters. */

type Term = { matches: (document: Document) => boolean; word?: string; negative: boolean }
export type Parsed = { terms: Term[]; problems: SearchProblem[]; error: SearchProblem | null }

const UNITS: Record<string, number> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 }

export function parse(q: string, tags: string[]): Parsed {
  const parsed: Parsed = { terms: [], problems: [], error: null }
  for (const found of q.matchAll(/(-?)(?:([a-z]+):)?(?:"([^"]*)("?)|(\S+))/gi)) {
    const [all, minus = '', field, quoted, closing, plain] = found
    const start = charactersOf(q.slice(0, found.index)).length
    const place = { start, end: start + charactersOf(all).length }
    const value = quoted ?? plain ?? ''
    const negative = minus !== ''
    if (quoted !== undefined && closing === '')
      parsed.problems.push({ ...place, detail: 'The quote is not closed; it was taken to end here.' })
    if (field?.toLowerCase() === 'at' && !tags.includes(value))
      parsed.error ??= { ...place, detail: `There is no snapshot ${value}, and it is no date either.` }
    const filter = field === undefined ? null : filterOf(field.toLowerCase(), value)
    if (filter !== null && typeof filter !== 'string') parsed.terms.push({ matches: filter, negative })
    else {
      if (filter !== null) parsed.problems.push({ ...place, detail: filter })
      const word = fold(field === undefined ? value : `${field}:${value}`)
      if (word !== '') parsed.terms.push({ matches: (one) => contains(one, word), word, negative })
    }
  }
  return parsed
}

/** What a field asks for; a text: why it was taken as words. */
function filterOf(field: string, value: string): Term['matches'] | string {
  const wanted = value.toLowerCase().split(',')
  switch (field) {
    case 'ext':
      return ({ ext }) => wanted.includes(ext)
    case 'type':
      return ({ category }) => wanted.includes(category)
    case 'is':
      return ({ state }) => wanted.includes(state)
    case 'in':
      return ({ dataset }) => dataset.name === value || dataset.name.startsWith(`${value}/`)
    case 'path':
      return ({ folder }) => `/${folder}/`.toLowerCase().includes(value.toLowerCase())
    case 'owner':
      return ({ owner }) => owner.name === value || String(owner.uid) === value
    case 'modified':
      return ({ modified }) => modified?.startsWith(value) === true
    case 'at':
      return ({ latest }) => latest
    case 'size': {
      const size = /^([<>]?)(\d+(?:\.\d+)?)([kmgt]?)$/i.exec(value)
      if (size === null) return `“${value}” is no size, such as >1G or <20M. It was taken as words.`
      const [, sign, number = '', unit = ''] = size
      const bytes = Number(number) * (UNITS[unit.toUpperCase()] ?? 1)
      return (one) => (sign === '<' ? one.size < bytes : sign === '>' ? one.size > bytes : one.size === bytes)
    }
    default:
      return `There is no field “${field}”. It was taken as words.`
  }
}

/** Lower case, without accents. */
export function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').replaceAll('ß', 'ss').toLowerCase()
}

function contains({ name, folder }: Document, word: string): boolean {
  return pattern(word) === null
    ? fold(name).includes(word) || fold(folder).includes(word)
    : (pattern(word)?.test(fold(name)) ?? false)
}

function pattern(word: string): RegExp | null {
  if (!/[*?]/.test(word)) return null
  const source = word
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`)
}

/** Where the words are in a text. */
export function places(text: string, words: string[]): CharacterRange[] {
  const folded: { text: string; from: number }[] = charactersOf(text).flatMap((c, from) =>
    charactersOf(fold(c)).map((one) => ({ text: one, from })),
  )
  const whole = folded.map((one) => one.text).join('')
  return words.flatMap((word): CharacterRange[] => {
    const at = word === '' ? -1 : whole.indexOf(word)
    const [first, last] = [folded[at], folded[at + word.length - 1]]
    return first === undefined || last === undefined ? [] : [[first.from, last.from + 1]]
  })
}
