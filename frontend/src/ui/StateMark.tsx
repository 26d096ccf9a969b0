import { Group, Text } from '@mantine/core'
import {
  IconAlertTriangleFilled,
  IconCircleCheckFilled,
  IconCircleXFilled,
  IconHelpCircleFilled,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'

/** How well something is. The only use of the three colours of state. */
export type Tone = 'well' | 'attention' | 'fault' | 'unknown'

const ICON = {
  well: IconCircleCheckFilled,
  attention: IconAlertTriangleFilled,
  fault: IconCircleXFilled,
  unknown: IconHelpCircleFilled,
}

export function toneColor(tone: Tone): string {
  return tone === 'unknown' ? 'var(--mantine-color-dimmed)' : `var(--nm-${tone})`
}

/** A state with its colour, its own shape (colour alone is not enough) and words. */
export function StateMark({
  tone,
  children,
  size = 'sm',
}: {
  tone: Tone
  children: ReactNode
  size?: string
}) {
  const Icon = ICON[tone]
  return (
    <Group gap={6} wrap="nowrap" align="center" component="span" display="inline-flex">
      <Icon size={size === 'lg' ? 22 : 16} color={toneColor(tone)} aria-hidden style={{ flexShrink: 0 }} />
      <Text span size={size} {...(size === 'lg' ? { fw: 600 } : {})}>
        {children}
      </Text>
    </Group>
  )
}
