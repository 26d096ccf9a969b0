import type { Completeness, FacetName, FacetValue, Hit, SearchAnswer, SearchGroup } from '../api/search-types'
import { formatClock, formatDays } from './dates'
import { plural } from './sizes'

const WORDS: { [facet in FacetName]?: Record<string, string> } = {
  category: {
    picture: 'Pictures',
    video: 'Videos',
    audio: 'Audio',
    document: 'Documents',
    archive: 'Archives',
    code: 'Code',
    folder: 'Folders',
    other: 'Other',
  },
  state: { live: 'Live', deleted: 'Deleted', earlier: 'Earlier versions' },
  size: {
    tiny: 'Below 16 KiB',
    small: '16 KiB to 1 MiB',
    medium: '1 to 128 MiB',
    large: '128 MiB to 1 GiB',
    huge: '1 to 16 GiB',
    giant: '16 GiB and more',
  },
}

/** What a facet's value is called: as the server calls it, else by our own word. */
export function facetLabel(facet: FacetName, { value, label }: Pick<FacetValue, 'value' | 'label'>): string {
  return label ?? WORDS[facet]?.[value] ?? value
}

/** `1,234 files`, `about 120,000 files`, `3 versions`. */
export function totalWords({ count, exact }: SearchAnswer['total'], group: SearchGroup): string {
  const words = plural(count, group === 'entry' ? 'file' : 'version')
  return exact ? words : `about ${words}`
}

/** What may be missing from the hits; null: nothing. */
export function completenessWords(completeness: Completeness): string | null {
  const { complete, state, pending, detail } = completeness
  if (complete && state === 'ready') return null
  const sentences = [
    state === 'rebuilding'
      ? 'The search index is being built anew. Until it is done, files are missing here.'
      : null,
    state === 'catching_up'
      ? pending > 0
        ? `${plural(pending, 'change')} can’t be found yet; search is catching up.`
        : 'Search is catching up with what changed.'
      : null,
    waiting(completeness),
    detail ?? null,
  ].filter((sentence) => sentence !== null)
  return sentences.length === 0 ? 'Not everything is indexed yet.' : sentences.join(' ')
}

function waiting({ snapshots_waiting: snapshots, datasets_waiting: datasets }: Completeness): string | null {
  const parts = [
    snapshots > 0 ? `${plural(snapshots, 'snapshot is', 'snapshots are')} not indexed yet` : null,
    datasets > 0 ? `nothing of ${plural(datasets, 'dataset')} is` : null,
  ].filter((part) => part !== null)
  if (parts.length === 0) return null
  if (snapshots === 0) return `Nothing of ${plural(datasets, 'dataset')} is indexed yet.`
  return `${parts.join(', and ')}.`
}

/** `Live files as of 14:05`; null when that is not known. */
export function freshnessWords({ live_as_of }: Completeness): string | null {
  return live_as_of == null ? null : `Live files as of ${formatClock(live_as_of)}`
}

/** `deleted 3 May, last in daily-2026-05-02`, `earlier version, last in daily-2026-05-02`; null: it is live. */
export function stateWords({ state, deleted_at, last_seen }: Hit, now: number = Date.now()): string | null {
  if (state === 'live') return null
  const what = state === 'earlier' ? 'earlier version' : `deleted${deletedWhen(deleted_at ?? null, now)}`
  return `${what}, ${last_seen == null ? 'in no snapshot' : `last in ${last_seen.name}`}`
}

// Where only one side is known, it says that much and no more.
function deletedWhen(between: Hit['deleted_at'] | null, now: number): string {
  const { after, before } = between ?? {}
  if (after != null && before != null) return ` ${formatDays(after, before, now)}`
  if (before != null) return ` before ${formatDays(before, before, now)}`
  return after == null ? '' : ` after ${formatDays(after, after, now)}`
}

/** A facet's values in the order in which they are read, with what was chosen and leaves nothing. */
export function facetValues(facet: FacetName, counted: FacetValue[], chosen: string[]): FacetValue[] {
  const missing = chosen.filter((value) => counted.every((one) => one.value !== value))
  const values = [...counted, ...missing.map((value): FacetValue => ({ value, count: 0 }))]
  if (facet === 'year') return values.toSorted((a, b) => Number(b.value) - Number(a.value))
  if (facet !== 'size') return values
  const order = Object.keys(WORDS.size ?? {})
  return values.toSorted((a, b) => order.indexOf(a.value) - order.indexOf(b.value))
}
