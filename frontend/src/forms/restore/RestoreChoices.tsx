import { Radio, Stack } from '@mantine/core'

import type { RestoreRequest } from '../../api/types'
import { FolderBrowser } from './FolderBrowser'

export type Choices = {
  elsewhere: boolean
  folder: { dataset: string; path: string }
  onConflict: NonNullable<RestoreRequest['on_conflict']>
}

/** The choices as a request has them. */
export function chosenRequest({ elsewhere, folder, onConflict }: Choices) {
  return { to: elsewhere ? folder : null, on_conflict: onConflict }
}

const CONFLICTS: { value: Choices['onConflict']; label: string; description: string }[] = [
  {
    value: 'rename',
    label: 'Keep both',
    description: 'What is there stays; the restored one gets another name.',
  },
  {
    value: 'overwrite',
    label: 'Replace',
    description: 'What is there goes; a snapshot taken before keeps it.',
  },
  {
    value: 'skip',
    label: 'Skip',
    description: 'What is there stays; nothing is restored over or beside it.',
  },
]

/** To where, and what if something is there. `home` says where it was. */
export function RestoreChoices({
  home,
  value,
  onChange,
}: {
  home: string
  value: Choices
  onChange: (value: Choices) => void
}) {
  return (
    <>
      <Radio.Group
        label="To"
        value={value.elsewhere ? 'elsewhere' : 'home'}
        onChange={(to) => onChange({ ...value, elsewhere: to === 'elsewhere' })}
      >
        <Stack gap="xs" mt={4}>
          <Radio value="home" label="Where it was" description={home} />
          <Radio value="elsewhere" label="Another folder" />
        </Stack>
      </Radio.Group>
      {value.elsewhere ? (
        <FolderBrowser value={value.folder} onChange={(folder) => onChange({ ...value, folder })} />
      ) : null}
      <Radio.Group
        label="If something is there"
        value={value.onConflict}
        onChange={(onConflict) => onChange({ ...value, onConflict })}
      >
        <Stack gap="xs" mt={4}>
          {CONFLICTS.map((conflict) => (
            <Radio key={conflict.value} {...conflict} />
          ))}
        </Stack>
      </Radio.Group>
    </>
  )
}
