import { ActionIcon, Button } from '@mantine/core'
import { IconBasketMinus, IconBasketPlus } from '@tabler/icons-react'

import type { TrayItem } from '../../util/tray'
import { useTray } from './tray'

type Props = {
  /** Null: it can’t be had. */
  item: TrayItem | null
  /** What is gathered, for who hears an icon: `the version of 3 May 2026, 14:05`. */
  name: string
  /** An icon only. */
  compact?: boolean
}

/** Puts a thing into the tray, or takes it out again. */
export function GatherButton({ item, name, compact = false }: Props) {
  const tray = useTray()
  if (item === null) return null
  const inside = tray.has(item)
  const Icon = inside ? IconBasketMinus : IconBasketPlus
  const act = () => (inside ? tray.remove([item]) : tray.add([item]))
  if (compact) {
    return (
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={inside ? `Remove ${name} from the tray` : `Add ${name} to the tray`}
        title={inside ? 'Remove from the tray' : 'Add to the tray'}
        onClick={act}
      >
        <Icon size={16} aria-hidden />
      </ActionIcon>
    )
  }
  return (
    <Button variant="default" leftSection={<Icon size={16} aria-hidden />} onClick={act}>
      {inside ? 'Remove from the tray' : 'Add to the tray'}
    </Button>
  )
}
