import { ActionIcon, Button, Popover, Stack } from '@mantine/core'
import { IconChevronUp, IconDownload } from '@tabler/icons-react'
import { useState } from 'react'

import { contentUrl } from '../../api/client'
import { useStartDownload } from '../../api/mutations'
import type { DownloadFormat } from '../../api/types'
import { ErrorNote } from '../../ui/ErrorNote'
import { usePhone } from '../../ui/use-phone'
import type { TrayItem } from '../../util/tray'
import { downloadRequest } from './gather'

const FORMATS: { format: DownloadFormat; label: string }[] = [
  { format: 'zip', label: 'As .zip, which opens everywhere' },
  { format: 'tar.zst', label: 'As .tar.zst, which keeps owners, modes and links' },
]

const ITEM = {
  variant: 'subtle',
  color: 'gray',
  justify: 'flex-start',
  size: 'sm',
  c: 'inherit',
  fw: 400,
} as const

/** Downloads all that is gathered as one archive; a single file also as it is. */
export function DownloadMenu({ items }: { items: TrayItem[] }) {
  const [opened, setOpened] = useState(false)
  const phone = usePhone()
  const prepare = useStartDownload()
  const [only] = items
  const begin = (format: DownloadFormat) =>
    prepare.mutate(downloadRequest(format, items), {
      onSuccess: () => setOpened(false),
    })
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      onClose={() => prepare.reset()}
      position="top-end"
      width={phone ? 320 : 360}
      trapFocus
      returnFocus
      transitionProps={{ duration: 0 }}
    >
      <Popover.Target>
        {phone ? (
          <ActionIcon variant="default" aria-label="Download" onClick={() => setOpened(!opened)}>
            <IconDownload size={17} aria-hidden />
          </ActionIcon>
        ) : (
          <Button
            variant="default"
            size="compact-sm"
            rightSection={<IconChevronUp size={14} aria-hidden />}
            onClick={() => setOpened(!opened)}
          >
            Download
          </Button>
        )}
      </Popover.Target>
      <Popover.Dropdown p="xs">
        <Stack gap={4}>
          {items.length === 1 && only?.kind === 'file' ? (
            <Button
              {...ITEM}
              component="a"
              href={contentUrl({ ...only, at: only.from?.at ?? null, download: true })}
              download
              onClick={() => setOpened(false)}
            >
              As it is
            </Button>
          ) : null}
          {FORMATS.map(({ format, label }) => (
            <Button
              key={format}
              {...ITEM}
              loading={prepare.isPending && prepare.variables.format === format}
              disabled={prepare.isPending}
              onClick={() => begin(format)}
            >
              {label}
            </Button>
          ))}
          {prepare.isError ? <ErrorNote title="The download can’t be made" error={prepare.error} /> : null}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}
