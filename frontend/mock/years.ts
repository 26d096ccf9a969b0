import type { Entry } from '../src/api/types'
import { entry, folder } from './seed.ts'

const TOPICS = ['Holiday', 'Birthday', 'Garden', 'Invoices', 'Music', 'Films', 'Work', 'Backups']
const WORDS = ['Sommer', 'Grüße', 'harbour', 'Anna', 'receipt', 'final', 'Lake', 'Report', 'draft', 'Ärztin']
const EXTENSIONS = ['jpg', 'pdf', 'mkv', 'flac', 'zip', 'rs', 'odt', 'png', 'txt', 'bin']
const SIZES = [4_000, 90_000, 700_000, 4_100_000, 38_000_000, 190_000_000, 2_400_000_000, 21_000_000_000]

/** Some thousand files, by year and topic; every ninth has been deleted. */
export function yearsOf(): { folders: Record<string, Entry[]>; gone: Set<string> } {
  const folders: Record<string, Entry[]> = { Years: [] }
  const gone = new Set<string>()
  let i = 0
  for (let year = 2015; year <= 2026; year++) {
    const at = `Years/${year}`
    folders.Years?.push(folder(at))
    folders[at] = TOPICS.map((topic) => folder(`${at}/${topic}`))
    for (const topic of TOPICS) {
      folders[`${at}/${topic}`] = Array.from({ length: 50 }, () => {
        i += 1
        const made = file(`${at}/${topic}`, year, i)
        if (i % 9 === 0) gone.add(made.path)
        return made
      })
    }
  }
  return { folders, gone }
}

function file(at: string, year: number, i: number): Entry {
  const [word = '', ext = ''] = [WORDS[(i * 7) % WORDS.length], EXTENSIONS[(i * 13) % EXTENSIONS.length]]
  const name = ext === 'jpg' ? `IMG_${1000 + i}.JPG` : `${word} ${i}.${ext}`
  const month = String(1 + (i % 12)).padStart(2, '0')
  const owner = i % 5 === 0 ? { uid: 1001, owner: 'ben' } : {}
  return entry(`${at}/${encodeURIComponent(name)}`, {
    size: (SIZES[(i * 11) % SIZES.length] ?? 0) + i,
    modified: `${year}-${month}-11T09:20:00Z`,
    ...owner,
  })
}
