import type { ConflictPolicy, RestoreRequest } from '../../api/types'
import { groupKey, type RestoreGroup } from './restore-groups'

/** What a person has chosen in the dialog. */
export type Choices = {
  elsewhere: boolean
  folder: { dataset: string; path: string }
  onConflict: ConflictPolicy
  addedSince: 'leave' | 'move_aside'
  keepSetid: boolean
  /** For single entries: by group, then by path in the snapshot. */
  single: Readonly<Record<string, Readonly<Record<string, ConflictPolicy>>>>
}

export const POLICIES: { value: ConflictPolicy; label: string; description: string }[] = [
  {
    value: 'rename',
    label: 'Keep both',
    description: 'What is there stays; the restored one gets another name, unless both are the same.',
  },
  {
    value: 'overwrite',
    label: 'Replace',
    description: 'What is there goes; a snapshot taken before keeps it.',
  },
  {
    value: 'overwrite_older',
    label: 'Replace if older',
    description: 'Only what changed longer ago than what is restored.',
  },
  {
    value: 'overwrite_different',
    label: 'Replace if different',
    description: 'Only what is of another kind, size or time of change.',
  },
  {
    value: 'skip',
    label: 'Skip',
    description: 'What is there stays; nothing is restored over or beside it.',
  },
]

/** The request for a group; what is as it is by itself is left out. */
export function requestOf(group: RestoreGroup, choices: Choices): RestoreRequest {
  const single = Object.entries(choices.single[groupKey(group)] ?? {})
  return {
    dataset: group.dataset,
    at: group.from.at,
    paths: group.paths,
    to: choices.elsewhere ? choices.folder : null,
    on_conflict: choices.onConflict,
    ...(single.length === 0 ? {} : { choices: single.map(([path, on_conflict]) => ({ path, on_conflict })) }),
    ...(choices.addedSince === 'move_aside' && !choices.elsewhere
      ? { added_since: 'move_aside' as const }
      : {}),
    ...(choices.keepSetid ? { keep_setid: true } : {}),
  }
}

/** The choices with another for one entry; null: as for all. */
export function withSingle(
  choices: Choices,
  group: RestoreGroup,
  path: string,
  policy: ConflictPolicy | null,
): Choices {
  const key = groupKey(group)
  const others = Object.entries(choices.single[key] ?? {}).filter(([of]) => of !== path)
  const ofGroup = Object.fromEntries(policy === null ? others : [...others, [path, policy]])
  return { ...choices, single: { ...choices.single, [key]: ofGroup } }
}
