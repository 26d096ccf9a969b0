import { useElementSize, useHotkeys, useMergedRef } from '@mantine/hooks'
import { type KeyboardEvent, useEffect, useEffectEvent, useMemo, useState } from 'react'

import { formatDateTime, formatRelative } from '../../util/dates'
import { keyTarget, stepTarget } from './keys'
import { Picture } from './Picture'
import type { Point } from './points'
import { nearest, position, type Scale, timeAt } from './scale'
import classes from './TimeLine.module.css'
import { useDrag } from './use-drag'
import { useWheel, useZoom } from './use-zoom'
import { ZoomButtons } from './ZoomButtons'

/** As wide as what it says may be. */
const TIP = 480

type Props = {
  label: string
  /** Oldest first. */
  points: Point[]
  /** Index of the chosen point; `points.length` is now; null: none of them. */
  chosen: number | null
  /** What `points.length` is called, and what changed since the last point. */
  now: { name: string; what: string }
  /** Where Shift and an arrow key step to: the versions of the chosen file. */
  steps?: number[]
  /** Inside another thing: lower, without buttons, and without a key of the whole page. */
  small?: boolean
  onChoose: (index: number) => void
}

/** Left is past, right is now: each moment a tick, its height by what changed in it; the chosen one a handle. */
export function TimeLine({ label, points, chosen, now, steps = [], small = false, onChoose }: Props) {
  const size = useElementSize<HTMLDivElement>()
  const [track, setTrack] = useState<HTMLDivElement | null>(null)
  const ref = useMergedRef(size.ref, setTrack)
  const [focused, setFocused] = useState(false)
  const { times, all } = useMemo(() => extent(points), [points])
  const zoom = useZoom(all)
  const { from, to } = zoom.span
  const scale = useMemo((): Scale => ({ from, to, width: size.width }), [from, to, size.width])
  const timeOf = (index: number) => times[index] ?? all.to
  const xIn = (clientX: number) => clientX - (track?.getBoundingClientRect().left ?? 0)
  const drag = useDrag({
    under: (clientX) => nearest(scale, times, all.to, xIn(clientX)),
    onChoose,
    onPinch: (clientX, factor) => zoom.zoom(timeAt(scale, xIn(clientX)), 1 / factor),
  })
  // What it is in scrolls itself where it is small.
  useWheel(small ? null : track, scale, zoom)
  useHotkeys(small ? [] : [['n', () => onChoose(points.length)]])

  const shown = drag.dragged ?? chosen
  const keep = useEffectEvent((index: number) => zoom.keep(timeOf(index)))
  useEffect(() => {
    if (chosen !== null) keep(chosen)
  }, [chosen])

  const onKeyDown = (event: KeyboardEvent) => {
    const at = shown ?? points.length
    const index = event.shiftKey ? stepTarget(event.key, at, steps) : keyTarget(event.key, at, points.length)
    drag.forget()
    if (index !== null) onChoose(index)
    else if (event.key === '+' || event.key === '=') zoom.zoom(timeOf(at), 0.5)
    else if (event.key === '-') zoom.zoom(timeOf(at), 2)
    else return
    event.preventDefault()
  }

  const told = drag.pointed ?? (focused ? shown : null)
  const describe = (index: number) => words(points[index], now)
  return (
    <div className={classes.frame}>
      <div
        ref={ref}
        role="slider"
        tabIndex={0}
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={points.length}
        aria-valuenow={shown ?? points.length}
        aria-valuetext={shown === null ? 'No moment that is known' : valueText(points[shown], now)}
        className={classes.line}
        data-small={small || undefined}
        onKeyDown={onKeyDown}
        onFocus={() => setFocused(true)}
        onBlur={() => setFocused(false)}
        {...drag.handlers}
      >
        <Picture points={points} scale={scale} steps={steps} end={all.to} small={small}>
          {shown === null ? null : position(scale, timeOf(shown))}
        </Picture>
        {points.length > 0 ? null : <span className={classes.none}>No snapshot yet: there is only now.</span>}
        {told === null || size.width === 0 ? null : (
          <div
            className={classes.tip}
            style={{ left: tipLeft(position(scale, timeOf(told)), size.width) }}
            aria-hidden
          >
            {describe(told)}
          </div>
        )}
      </div>
      {small ? null : <ZoomButtons all={all} zoom={zoom} around={timeOf(shown ?? points.length)} />}
    </div>
  )
}

/** Fixed when the page opens or snapshots change: a line that moves by itself can’t be aimed at. */
function extent(points: Point[]) {
  const times = points.map(({ time }) => time)
  const to = Math.max(Date.now(), times.at(-1) ?? 0)
  return { times, all: { from: Math.min(times[0] ?? to - 3_600_000, to - 60_000), to } }
}

/** `3 May 2026, 14:05, daily-2026-05-03`. */
function valueText(point: Point | undefined, now: Props['now']): string {
  return point === undefined ? now.name : `${formatDateTime(point.time)}, ${point.name}`
}

function words(point: Point | undefined, now: Props['now']): string {
  const what = (point ?? now).what
  const when =
    point === undefined
      ? now.name
      : `${formatDateTime(point.time)} (${formatRelative(point.time)}) · ${point.name}`
  return what === '' ? when : `${when} · ${what}`
}

/** Beside what it explains, but inside the line. */
function tipLeft(x: number, width: number): number {
  return Math.max(0, Math.min(x - 20, width - TIP))
}
