import { SegmentedControl } from '@mantine/core'

import type { Span } from './scale'
import type { Zoom } from './use-zoom'
import { LENGTHS, type Length } from './zoom'

const WORDS: Record<Length, string> = { year: 'Year', month: 'Month', week: 'Week', day: 'Day' }

type Props = { all: Span; zoom: Zoom; around: number }

/** How much of the time line is in sight, around the chosen moment. */
export function ZoomButtons({ all, zoom, around }: Props) {
  const lengths = (Object.keys(LENGTHS) as Length[]).filter((length) => LENGTHS[length] < all.to - all.from)
  if (lengths.length === 0) return null
  return (
    <SegmentedControl
      size="xs"
      aria-label="In sight"
      value={zoom.whole ? 'all' : (zoom.length ?? '')}
      data={[
        { value: 'all', label: 'All' },
        ...lengths.map((length) => ({ value: length, label: WORDS[length] })),
      ]}
      onChange={(value) => zoom.show(value === 'all' ? null : (value as Length), around)}
    />
  )
}
