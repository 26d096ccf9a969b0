import { useEffect, useEffectEvent, useState } from 'react'

import type { Scale, Span } from './scale'
import { timeAt } from './scale'
import { keepInSight, LENGTHS, type Length, moved, spanAround, zoomed } from './zoom'

/** Which stretch of `all` is in sight. */
export function useZoom(all: Span) {
  // Null: all of it.
  const [chosen, setChosen] = useState<Span | null>(null)
  const span = chosen ?? all
  return {
    span,
    whole: chosen === null,
    /** Which of the named lengths is in sight. */
    length: (Object.keys(LENGTHS) as Length[]).find(
      (length) => chosen !== null && Math.abs(chosen.to - chosen.from - LENGTHS[length]) < 1000,
    ),
    show: (length: Length | null, around: number) =>
      setChosen(length === null ? null : spanAround(all, around, LENGTHS[length])),
    zoom: (time: number, factor: number) => setChosen(zoomed(all, span, time, factor)),
    pan: (by: number) => setChosen(moved(all, span, by)),
    keep: (time: number) => {
      const kept = keepInSight(all, span, time)
      if (chosen !== null && (kept?.from !== span.from || kept.to !== span.to)) setChosen(kept)
    },
  }
}

export type Zoom = ReturnType<typeof useZoom>

/** The wheel: up and down is nearer and farther, sideways (or with Shift) along. */
export function useWheel(element: HTMLElement | null, scale: Scale, zoom: Zoom) {
  const turn = useEffectEvent((event: WheelEvent) => {
    event.preventDefault()
    const sideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)
    const amount = sideways && event.deltaX !== 0 ? event.deltaX : event.deltaY
    if (sideways) {
      zoom.pan((amount / Math.max(1, scale.width)) * (scale.to - scale.from))
    } else if (element !== null) {
      const x = event.clientX - element.getBoundingClientRect().left
      zoom.zoom(timeAt(scale, x), Math.exp(Math.max(-1, Math.min(1, amount / 300))))
    }
  })
  useEffect(() => {
    // React's own listeners can’t keep the page from scrolling.
    const onWheel = (event: WheelEvent) => turn(event)
    element?.addEventListener('wheel', onWheel, { passive: false })
    return () => element?.removeEventListener('wheel', onWheel)
  }, [element])
}
