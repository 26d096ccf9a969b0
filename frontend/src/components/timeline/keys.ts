/** Where a key leads on a line of `now` moments and now itself; null when it leads nowhere. */
export function keyTarget(key: string, chosen: number, now: number): number | null {
  const to = {
    ArrowLeft: chosen - 1,
    ArrowDown: chosen - 1,
    ArrowRight: chosen + 1,
    ArrowUp: chosen + 1,
    PageDown: chosen - 10,
    PageUp: chosen + 10,
    Home: 0,
    End: now,
  }[key]
  return to === undefined ? null : Math.min(now, Math.max(0, to))
}

/** With Shift: the next of `steps` (the versions of a file) in the key's direction. */
export function stepTarget(key: string, chosen: number, steps: number[]): number | null {
  const earlier = steps.filter((step) => step < chosen)
  const later = steps.filter((step) => step > chosen)
  if ((key === 'ArrowLeft' || key === 'ArrowDown') && earlier.length > 0) return Math.max(...earlier)
  if ((key === 'ArrowRight' || key === 'ArrowUp') && later.length > 0) return Math.min(...later)
  return null
}
