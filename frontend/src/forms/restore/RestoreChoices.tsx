import { Checkbox, Group, Radio, Stack } from '@mantine/core'

import { More } from '../../ui/More'
import { type Choices, POLICIES } from './choices'
import { FolderBrowser } from './FolderBrowser'

const ADDED_SINCE: Record<Choices['addedSince'], string> = {
  leave: 'It stays beside what is restored.',
  move_aside: 'The folder is as it was; what was added goes into a new folder beside it.',
}

type Props = {
  /** Where it was, in words. */
  home: string
  /** Why it can’t be put there; null: it can. */
  homeRefused: string | null
  /** Datasets that it comes from. */
  sources: string[]
  /** Whether folders are among what is restored: only they have something that was added since. */
  folders: boolean
  value: Choices
  onChange: (value: Choices) => void
}

/** To where, what if something is there, and what of the rest. */
export function RestoreChoices({ home, homeRefused, sources, folders, value, onChange }: Props) {
  const set = (change: Partial<Choices>) => onChange({ ...value, ...change })
  return (
    <>
      <Radio.Group
        label="To"
        value={value.elsewhere ? 'elsewhere' : 'home'}
        onChange={(to) => set({ elsewhere: to === 'elsewhere' })}
      >
        <Stack gap="xs" mt={4}>
          <Radio
            value="home"
            label="Where it was"
            description={homeRefused ?? home}
            disabled={homeRefused !== null}
          />
          <Radio value="elsewhere" label="Another folder" />
        </Stack>
      </Radio.Group>
      {value.elsewhere ? (
        <FolderBrowser value={value.folder} sources={sources} onChange={(folder) => set({ folder })} />
      ) : null}
      <Radio.Group
        label="If something is there"
        description={POLICIES.find(({ value: policy }) => policy === value.onConflict)?.description}
        value={value.onConflict}
        onChange={(onConflict) => set({ onConflict })}
      >
        <Group gap="md" mt={6}>
          {POLICIES.map(({ value: policy, label }) => (
            <Radio key={policy} value={policy} label={label} />
          ))}
        </Group>
      </Radio.Group>
      {folders && !value.elsewhere ? (
        <Radio.Group
          label="What was added to a folder since"
          description={ADDED_SINCE[value.addedSince]}
          value={value.addedSince}
          onChange={(addedSince) => set({ addedSince })}
        >
          <Group gap="md" mt={6}>
            <Radio value="leave" label="Leave it" />
            <Radio value="move_aside" label="Move it aside" />
          </Group>
        </Radio.Group>
      ) : null}
      <More>
        <Checkbox
          label="Keep setuid, setgid and file capabilities"
          description="Otherwise they are dropped: an old program may have a flaw that was mended since."
          checked={value.keepSetid}
          onChange={(event) => set({ keepSetid: event.currentTarget.checked })}
        />
      </More>
    </>
  )
}
