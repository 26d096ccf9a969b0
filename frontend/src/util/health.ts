import type { Pool, PoolState, Vdev } from '../api/types'
import type { Tone } from '../ui/StateMark'
import { formatBytes, plural } from './sizes'

/** Fuller than this, ZFS gets slow and a restore may find no room. */
const FULL_PERCENT = 90

export type Verdict = { tone: Tone; sentence: string }

/** A pool's state in one sentence. */
export function poolVerdict(pool: Pool): Verdict {
  const { name } = pool
  if (pool.state === 'unknown') return { tone: 'unknown', sentence: `The state of ${name} is not known.` }
  if (pool.state === 'degraded') {
    return { tone: 'attention', sentence: `${name} works, but is degraded: part of its redundancy is gone.` }
  }
  if (pool.state !== 'online')
    return { tone: 'fault', sentence: `${name} is ${pool.state}: its data can’t be used.` }
  if (pool.data_errors > 0) {
    return {
      tone: 'fault',
      sentence: `${name} has ${plural(pool.data_errors, 'damaged file or object', 'damaged files or objects')}.`,
    }
  }
  const failing = devicesWithErrors(pool.vdevs)
  if (failing > 0) {
    return {
      tone: 'attention',
      sentence: `${name} is online, but ${plural(failing, 'device reports', 'devices report')} errors.`,
    }
  }
  if (pool.capacity >= FULL_PERCENT) {
    return {
      tone: 'attention',
      sentence: `${name} is ${pool.capacity}% full: ${formatBytes(pool.free)} are left.`,
    }
  }
  return {
    tone: 'well',
    sentence: `${name} is well: ${formatBytes(pool.free)} of ${formatBytes(pool.size)} are free.`,
  }
}

/** All pools in one sentence and one tone, that of the worst. */
export function overallVerdict(pools: Pool[]): Verdict {
  const verdicts = pools.map(poolVerdict)
  const bad = verdicts.filter((verdict) => verdict.tone !== 'well')
  const worst = (['fault', 'attention', 'unknown'] as const).find((tone) => bad.some((v) => v.tone === tone))
  if (pools.length === 0) return { tone: 'unknown', sentence: 'There is no pool on this machine.' }
  if (worst === undefined) {
    return {
      tone: 'well',
      sentence: pools.length === 1 ? 'The pool is well.' : `All ${pools.length} pools are well.`,
    }
  }
  if (bad.length === 1) return { tone: worst, sentence: bad[0]?.sentence ?? '' }
  return { tone: worst, sentence: `${bad.length} of ${pools.length} pools need attention.` }
}

/** How well a pool or a device is, by its state word alone. */
export function stateTone(state: PoolState | Vdev['state']): Tone {
  if (state === 'online' || state === 'available' || state === 'inuse') return 'well'
  if (state === 'degraded') return 'attention'
  return state === 'unknown' ? 'unknown' : 'fault'
}

function devicesWithErrors(vdevs: Vdev[]): number {
  return vdevs.reduce((sum, vdev) => {
    const own = vdev.children.length === 0 && vdev.read_errors + vdev.write_errors + vdev.checksum_errors > 0
    return sum + (own ? 1 : 0) + devicesWithErrors(vdev.children)
  }, 0)
}
