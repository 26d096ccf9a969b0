import type { Entry } from '../src/api/types'
import { entry, folder } from './seed.ts'
import { yearsOf } from './years.ts'

/** The files; every dataset holds the same. */

const YEARS = yearsOf()

const MANY = Array.from({ length: 2500 }, (_, i) =>
  entry(`Many/row-${String(i).padStart(5, '0')}.bin`, { size: i * 977 }),
)

const FOLDERS: Record<string, Entry[]> = {
  '': [
    folder('Documents'),
    folder('Many'),
    folder('Pictures'),
    entry('notes.md', { size: 214 }),
    folder('Years'),
  ],
  Documents: [
    folder('Documents/Letters'),
    entry('Documents/Tax%20return%202025.pdf'),
    entry('Documents/Thesis.md', { size: 52_100 }),
    entry('Documents/line%0Abreak%09tab.txt', { size: 12 }),
    entry('Documents/latest', { kind: 'symlink', target: 'draft-7.md', size: 10 }),
  ],
  'Documents/Letters': [],
  Pictures: [
    entry('Pictures/dusk.png', { size: 4_212_000 }),
    entry('Pictures/song.flac', { size: 31_000_000 }),
  ],
  'Old%20drafts': [entry('Old%20drafts/draft-1.md', { size: 8_000 })],
  Many: MANY,
  ...YEARS.folders,
}

/** What was in a folder; what has since been deleted is left out of the live one. Undefined: there was no such folder. */
export function entriesOf(path: string, live: boolean): Entry[] | undefined {
  if (live && path === 'Old%20drafts') return undefined
  return FOLDERS[path]?.filter((item) => !live || !isGone(item))
}

/** Whether it has been deleted since. */
export function isGone({ name, path }: Entry): boolean {
  return name === 'Thesis.md' || path.startsWith('Old%20drafts') || YEARS.gone.has(path)
}

/** Everything there ever was, but for the roots. */
export function allEntries(): Entry[] {
  return [folder('Old%20drafts'), ...Object.values(FOLDERS).flat()]
}
