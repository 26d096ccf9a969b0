import type { Job } from '../api/types'
import type { Tone } from '../ui/StateMark'
import { formatBytes, formatCount } from './sizes'

/** What a job's state is called, and how well that is. Waiting and working are neither good nor bad. */
export function jobState(job: Job): { tone: Tone | null; word: string } {
  switch (job.state) {
    case 'enqueued':
      return { tone: null, word: 'Waiting' }
    case 'processing':
      return { tone: null, word: 'Running' }
    case 'succeeded':
      return { tone: 'well', word: 'Succeeded' }
    case 'failed':
      return { tone: 'fault', word: 'Failed' }
    case 'canceled':
      return { tone: 'attention', word: 'Canceled' }
  }
}

/** How far it is, in percent; null when that is not known. */
export function jobPercent(job: Job): number | null {
  const { progress } = job
  if (progress == null || progress.total <= 0) return null
  return Math.min(100, (progress.done / progress.total) * 100)
}

/** `12.0 MiB of 1.00 GiB`, `3 of 14 items`. */
export function progressText(job: Job): string {
  const { progress } = job
  if (progress == null) return ''
  if (progress.unit === 'bytes') return `${formatBytes(progress.done)} of ${formatBytes(progress.total)}`
  return `${formatCount(progress.done)} of ${formatCount(progress.total)} items`
}
