import { Tooltip } from '@mantine/core'
import type { ReactElement } from 'react'

/** A button that can’t be used says why. `reason` null: it can. */
export function Reasoned({ reason, children }: { reason: string | null; children: ReactElement }) {
  if (reason === null) return children
  // A disabled button gets no pointer events; the span does.
  return (
    <Tooltip label={reason}>
      <span title={reason} style={{ display: 'inline-block' }}>
        {children}
      </span>
    </Tooltip>
  )
}
