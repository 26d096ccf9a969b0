import { memo, type ReactNode, useMemo } from 'react'

import { calendarLines } from './calendar'
import type { Point } from './points'
import { type Band, bandX, layOut, position, type Scale, STEP } from './scale'
import classes from './TimeLine.module.css'

const LABEL_WIDTH = 64

type Props = {
  points: Point[]
  scale: Scale
  /** Indices that are marked below the line; `points.length` is the end. */
  steps: number[]
  end: number
  small: boolean
  /** Where the handle is; null: nowhere. */
  children: number | null
}

/** What a time line shows. Only the handle is drawn anew while it is dragged. */
export function Picture({ children: x, ...rest }: Props) {
  const { scale, small } = rest
  const height = small ? 24 : 40
  return (
    <svg width={scale.width} height={height + 18} aria-hidden className={classes.picture}>
      <Ground {...rest} height={height} />
      {x === null || x < -8 || x > scale.width + 8 ? null : (
        <>
          <line className={classes.handle} x1={x} x2={x} y1={0} y2={height} />
          <circle className={classes.knob} cx={x} cy={height} r={small ? 5 : 6} />
        </>
      )}
    </svg>
  )
}

type GroundProps = Omit<Props, 'children'> & { height: number }

const Ground = memo(function Ground({ points, scale, steps, end, height }: GroundProps): ReactNode {
  const drawn = useMemo(() => draw(points, scale, height), [points, scale, height])
  const lines = useMemo(() => labels(scale), [scale])
  return (
    <>
      {lines.map((line) => (
        <g key={line.time}>
          <line className={classes.calendar} x1={line.x} x2={line.x} y1={0} y2={height + 5} />
          <text
            className={classes.label}
            x={line.x + 3}
            y={height + 14}
            fontWeight={line.major ? 650 : undefined}
          >
            {line.label}
          </text>
        </g>
      ))}
      <line className={classes.ground} x1={0} x2={scale.width} y1={height} y2={height} />
      <path className={classes.bands} d={drawn.bands} />
      <path className={classes.ticks} d={drawn.ticks} />
      {steps.length === 0 ? null : (
        <path className={classes.steps} d={drawSteps(points, scale, steps, end, height)} />
      )}
    </>
  )
})

function draw(points: Point[], scale: Scale, height: number) {
  if (scale.width === 0) return { ticks: '', bands: '' }
  const top = (share: number) => (height - 5 - share * (height - 10)).toFixed(1)
  const { ticks, bands } = layOut(scale, points)
  const outline = (band: Band) =>
    `M${bandX(band, 0)} ${height}${band.steps.map((share, i) => `V${top(share)}H${bandX(band, i) + STEP}`).join('')}V${height}Z`
  return {
    ticks: ticks.map(({ x, height: share }) => `M${x.toFixed(1)} ${height}V${top(share)}`).join(''),
    bands: bands.map(outline).join(''),
  }
}

/** A small wedge below the line at each version of the chosen file. */
function drawSteps(points: Point[], scale: Scale, steps: number[], end: number, height: number): string {
  return steps
    .map((step) => position(scale, points[step]?.time ?? end))
    .filter((x) => x >= 0 && x <= scale.width)
    .map((x) => `M${x.toFixed(1)} ${height + 1}l3 5h-6Z`)
    .join('')
}

function labels(scale: Scale) {
  const most = Math.max(2, Math.floor(scale.width / LABEL_WIDTH))
  return (
    calendarLines(scale.from, scale.to, most)
      .map((line) => ({ ...line, x: position(scale, line.time) }))
      // No room is left for a text that begins at the very end.
      .filter((line) => line.x < scale.width - 36)
  )
}
