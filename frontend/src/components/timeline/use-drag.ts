import { type PointerEvent, useEffect, useEffectEvent, useRef, useState } from 'react'

/** How long the handle has to rest until the page follows it. */
const REST = 120

type Options = {
  /** Which moment is under a pointer. */
  under: (clientX: number) => number
  /** Where the handle rests. */
  onChoose: (index: number) => void
  /** Two fingers: where between them, and how many times farther apart than just before. */
  onPinch: (clientX: number, factor: number) => void
}

/** Dragging a handle with a pointer, and pinching with two. */
export function useDrag({ under, onChoose, onPinch }: Options) {
  const [dragged, setDragged] = useState<number | null>(null)
  const [pointed, setPointed] = useState<number | null>(null)
  const fingers = useRef(new Map<number, number>())

  const follow = useEffectEvent((index: number) => onChoose(index))
  useEffect(() => {
    if (dragged === null) return
    const rest = setTimeout(() => follow(dragged), REST)
    return () => clearTimeout(rest)
  }, [dragged])

  const lift = (event: PointerEvent) => {
    fingers.current.delete(event.pointerId)
    setDragged(null)
  }
  return {
    /** Where the handle is meanwhile; null: it is not dragged. */
    dragged,
    /** What the pointer is over; null: nothing. */
    pointed,
    /** Keys are used: what the pointer rests on is of no interest. */
    forget: () => setPointed(null),
    handlers: {
      onPointerDown: (event: PointerEvent) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        fingers.current.set(event.pointerId, event.clientX)
        setPointed(under(event.clientX))
        setDragged(fingers.current.size === 1 ? under(event.clientX) : null)
      },
      onPointerMove: (event: PointerEvent) => {
        const before = [...fingers.current.values()]
        if (fingers.current.has(event.pointerId)) fingers.current.set(event.pointerId, event.clientX)
        const after = [...fingers.current.values()]
        if (after.length === 2) {
          const [apart, were] = [distance(after), distance(before)]
          if (apart > 8 && were > 8) onPinch(((after[0] ?? 0) + (after[1] ?? 0)) / 2, apart / were)
          return
        }
        const index = under(event.clientX)
        setPointed(index)
        if (dragged !== null) setDragged(index)
      },
      onPointerUp: (event: PointerEvent) => {
        const dropped = dragged !== null && fingers.current.size === 1
        lift(event)
        if (dropped) onChoose(under(event.clientX))
      },
      onPointerCancel: lift,
      onPointerLeave: () => setPointed(null),
    },
  }
}

function distance([a = 0, b = 0]: number[]): number {
  return Math.abs(a - b)
}
