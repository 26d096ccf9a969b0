import type { Job, JobKind } from '../api/types'
import type { Tone } from '../ui/StateMark'
import { formatEstimate } from './dates'
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

/** `12.0 MiB of 1.00 GiB`, `300 of 1,400 items · 1,200 items/s · about 3 min left`. */
export function progressText(job: Job): string {
  const { progress, rate, remaining } = job
  if (progress == null) return ''
  const bytes = progress.unit === 'bytes'
  const amount = (count: number) => (bytes ? formatBytes(count) : formatCount(Math.round(count)))
  const unit = bytes ? '' : ` ${progress.unit}`
  return [
    progress.total > 0
      ? `${amount(progress.done)} of ${amount(progress.total)}${unit}`
      : `${amount(progress.done)}${unit}`,
    rate == null ? null : `${amount(rate)}${unit}/s`,
    remaining == null ? null : `${formatEstimate(remaining)} left`,
  ]
    .filter((part) => part !== null)
    .join(' · ')
}

/** What kinds of jobs there are, for people. */
export const JOB_KINDS: Record<JobKind, string> = {
  restore: 'Restores',
  undo_restore: 'Undone restores',
  index: 'Indexing',
}
