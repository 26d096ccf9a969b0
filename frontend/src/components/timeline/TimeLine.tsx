import { useElementSize, useHotkeys, useMergedRef } from '@mantine/hooks'
import { type KeyboardEvent, type PointerEvent, useMemo, useRef, useState } from 'react'

import type { Snapshot } from '../../api/types'
import { formatDateTime, formatRelative } from '../../util/dates'
import { formatBytes } from '../../util/sizes'
import { calendarLines } from './calendar'
import { nearest, position, type Scale, ticks } from './scale'
import classes from './TimeLine.module.css'

type Props = {
  /** Oldest first. */
  moments: Snapshot[]
  /** Index of the chosen moment; `moments.length` is now. */
  chosen: number
  /** Where Shift and an arrow key step to: the versions of the chosen file. */
  steps?: number[]
  onChoose: (index: number) => void
}

const HEIGHT = 40
const LABEL_WIDTH = 64

/** Left is past, right is now: each snapshot a tick, its height by what was written; the chosen moment a handle. */
export function TimeLine({ moments, chosen, steps = [], onChoose }: Props) {
  const size = useElementSize<HTMLDivElement>()
  const track = useRef<HTMLDivElement>(null)
  const ref = useMergedRef(size.ref, track)
  const [pointed, setPointed] = useState<number | null>(null)
  const [dragging, setDragging] = useState(false)
  // Fixed when the page opens or snapshots change: a line that moves by itself can’t be aimed at.
  const { scale, times, drawn, lines } = useMemo(() => layout(moments, size.width), [moments, size.width])
  useHotkeys([['n', () => onChoose(moments.length)]])

  const under = (event: PointerEvent) =>
    nearest(scale, times, event.clientX - (track.current?.getBoundingClientRect().left ?? 0))
  const shown = dragging && pointed !== null ? pointed : chosen
  const x = position(scale, times[shown] ?? scale.to)
  const tip = pointed === null ? null : describe(moments, pointed)

  return (
    <div
      ref={ref}
      role="slider"
      tabIndex={0}
      aria-label="Time line"
      aria-valuemin={0}
      aria-valuemax={moments.length}
      aria-valuenow={shown}
      aria-valuetext={describe(moments, shown)}
      className={classes.line}
      onKeyDown={(event) => {
        const index = event.shiftKey
          ? versionTarget(event.key, chosen, steps)
          : keyTarget(event, chosen, moments.length)
        if (index === null) return
        event.preventDefault()
        onChoose(Math.min(moments.length, Math.max(0, index)))
      }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        setDragging(true)
        setPointed(under(event))
      }}
      onPointerMove={(event) => setPointed(under(event))}
      onPointerUp={(event) => {
        setDragging(false)
        onChoose(under(event))
      }}
      onPointerCancel={() => setDragging(false)}
      onPointerLeave={() => setPointed(null)}
    >
      <svg width={size.width} height={HEIGHT + 18} aria-hidden className={classes.picture}>
        {lines.map((line) => (
          <g key={line.time}>
            <line className={classes.calendar} x1={line.x} x2={line.x} y1={0} y2={HEIGHT + 5} />
            <text
              className={classes.label}
              x={line.x + 3}
              y={HEIGHT + 14}
              fontWeight={line.major ? 650 : undefined}
            >
              {line.label}
            </text>
          </g>
        ))}
        <line className={classes.ground} x1={0} x2={size.width} y1={HEIGHT} y2={HEIGHT} />
        {moments.length > 0 ? null : (
          <text className={classes.label} x={12} y={HEIGHT / 2 + 4}>
            No snapshot yet: there is only now.
          </text>
        )}
        <path className={classes.ticks} d={drawn} />
        <line className={classes.handle} x1={x} x2={x} y1={0} y2={HEIGHT} />
        <circle className={classes.knob} cx={x} cy={HEIGHT} r={6} />
      </svg>
      {tip === null ? null : (
        <div
          className={classes.tip}
          style={{ left: tipLeft(position(scale, times[pointed ?? -1] ?? scale.to), size.width) }}
        >
          {tip}
        </div>
      )}
    </div>
  )
}

function layout(moments: Snapshot[], width: number) {
  const times = moments.map((moment) => Date.parse(moment.created))
  const to = Date.now()
  const scale: Scale = { from: Math.min(times[0] ?? to - 3_600_000, to - 60_000), to, width }
  const drawn = ticks(scale, moments)
    .map((tick) => `M${tick.x} ${HEIGHT}V${(HEIGHT - 6 - tick.height * 28).toFixed(1)}`)
    .join('')
  const lines = calendarLines(scale.from, to, Math.max(2, Math.floor(width / LABEL_WIDTH)))
    .map((line) => ({ ...line, x: position(scale, line.time) }))
    // No room is left for a text that begins at the very end.
    .filter((line) => line.x < width - 36)
  return { scale, times, drawn, lines }
}

function keyTarget(event: KeyboardEvent, chosen: number, now: number): number | null {
  switch (event.key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return chosen - 1
    case 'ArrowRight':
    case 'ArrowUp':
      return chosen + 1
    case 'PageDown':
      return chosen - 10
    case 'PageUp':
      return chosen + 10
    case 'Home':
      return 0
    case 'End':
      return now
    default:
      return null
  }
}

/** The next version's moment in the key's direction. */
function versionTarget(key: string, chosen: number, steps: number[]): number | null {
  const earlier = steps.filter((step) => step < chosen)
  const later = steps.filter((step) => step > chosen)
  if (key === 'ArrowLeft' && earlier.length > 0) return Math.max(...earlier)
  if (key === 'ArrowRight' && later.length > 0) return Math.min(...later)
  return null
}

function describe(moments: Snapshot[], index: number): string {
  const moment = moments[index]
  if (moment === undefined) return 'Now'
  const written = `${formatBytes(moment.written)} written`
  return `${formatDateTime(moment.created)} (${formatRelative(moment.created)}) · ${moment.tag} · ${written}`
}

/** Beside what it explains, but inside the line. */
function tipLeft(x: number, width: number): number {
  return Math.max(0, Math.min(x - 20, width - 340))
}
