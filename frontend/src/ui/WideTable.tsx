import { Table, type TableProps } from '@mantine/core'
import { useElementSize, useMergedRef } from '@mantine/hooks'
import { useRef } from 'react'

import classes from './WideTable.module.css'

type Props = TableProps & {
  /** What is listed; the table's name. */
  label: string
  /** Narrower than this many pixels it scrolls sideways instead of squeezing its cells. */
  minWidth: number
}

/** A dense table that scrolls sideways on a narrow screen, also by keyboard. */
export function WideTable({ label, minWidth, ...rest }: Props) {
  const { ref: sizeRef, width } = useElementSize<HTMLDivElement>()
  const own = useRef<HTMLDivElement>(null)
  const ref = useMergedRef(sizeRef, own)
  const scrolls = width > 0 && width < minWidth
  return (
    // A scroller needs the focus for the arrow keys to work; where nothing scrolls it would be an idle stop.
    <div
      ref={ref}
      className={classes.scroller}
      {...(scrolls ? { tabIndex: 0, role: 'group', 'aria-label': `${label}, scrolls sideways` } : {})}
    >
      <Table aria-label={label} verticalSpacing={5} horizontalSpacing="xs" miw={minWidth} {...rest} />
    </div>
  )
}
