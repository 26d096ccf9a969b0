import type { Coverage, IndexedDataset, IndexMeans, IndexStatus } from '../api/types'
import type { Tone } from '../ui/StateMark'
import { formatClock } from './dates'
import { formatBytes, formatCount, plural } from './sizes'

/** How a dataset's index is, in words. Waiting and working are neither good nor bad. */
export const INDEX_STATES: Record<IndexedDataset['state'], { tone: Tone; word: string }> = {
  current: { tone: 'well', word: 'Up to date' },
  indexing: { tone: 'unknown', word: 'Indexing' },
  waiting: { tone: 'unknown', word: 'Waiting' },
  unreachable: { tone: 'attention', word: 'Can’t be reached' },
  excluded: { tone: 'unknown', word: 'Excluded' },
}

/** By which means it was found what changed. */
export const MEANS: Record<IndexMeans, string> = {
  nothing: 'Nothing changed',
  ioctl: 'Kernel’s list of changes',
  zfs_diff: 'zfs diff',
  walk: 'Full walk',
}

/** Snapshots that are still to be read. */
export function missing({ total, indexed, failed }: Coverage): number {
  return Math.max(0, total - indexed - failed)
}

/** `12 of 4,031 snapshots not yet indexed · live as of 14:05`. */
export function coverageSentence({ snapshots, datasets }: IndexStatus): string {
  const left = missing(snapshots)
  const { total, failed } = snapshots
  const parts = [
    total === 0
      ? 'No snapshot yet'
      : left > 0
        ? `${formatCount(left)} of ${plural(total, 'snapshot')} not yet indexed`
        : failed > 0
          ? `${formatCount(total - failed)} of ${plural(total, 'snapshot')} indexed`
          : total === 1
            ? 'The only snapshot is indexed'
            : `All ${plural(total, 'snapshot')} are indexed`,
    failed > 0 ? `${formatCount(failed)} could not be read` : null,
  ]
  // The oldest of them: all are at least as new.
  const [asOf] = datasets
    .filter(({ excluded, state }) => !excluded && state !== 'unreachable')
    .map((dataset) => dataset.live_as_of)
    .filter((time) => time != null)
    .sort((a, b) => Date.parse(a) - Date.parse(b))
  if (asOf !== undefined) parts.push(`live as of ${formatClock(asOf)}`)
  return parts.filter((part) => part !== null).join(' · ')
}

/** What is amiss with the index; null: nothing is. */
export function indexFinding(status: IndexStatus): { tone: Tone; sentence: string } | null {
  if (!status.enabled) return null
  const unreachable = status.datasets.filter(({ state }) => state === 'unreachable')
  const left = missing(status.snapshots)
  const parts = [
    left > 0 ? `${formatCount(left)} of ${plural(status.snapshots.total, 'snapshot')} not yet indexed` : null,
    status.snapshots.failed > 0 ? `${plural(status.snapshots.failed, 'snapshot')} could not be read` : null,
    unreachable.length === 1 ? `${unreachable[0]?.dataset ?? ''} can’t be reached to index it` : null,
    unreachable.length > 1 ? `${unreachable.length} datasets can’t be reached to index them` : null,
  ].filter((part) => part !== null)
  if (parts.length === 0) return null
  const tone = unreachable.length > 0 || status.snapshots.failed > 0 ? 'attention' : 'unknown'
  return { tone, sentence: `${parts.join(' · ')}.` }
}

/** `5 min`, `off`. */
export function intervalWord(seconds: number): string {
  if (seconds === 0) return 'off'
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`
}

/** How far search is with what is indexed. */
export function searchSentence(search: IndexStatus['search']): string {
  const { documents, bytes, pending, detail, state } = search
  const found = documents == null ? '' : `Search finds ${documents.toLocaleString('en')} versions`
  const where = bytes == null ? '.' : `, in ${formatBytes(bytes)}.`
  const known = found === '' ? '' : found + where
  const more = {
    ready: '',
    catching_up: `Search is catching up: ${pending.toLocaleString('en')} changes are not found yet.`,
    rebuilding: 'Search is being made anew from the catalog.',
    unavailable: 'Search can’t be asked now.',
  }[state]
  return [known, more, detail ?? ''].filter((text) => text !== '').join(' ')
}
