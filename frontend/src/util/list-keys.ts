/** Where a key leads in a list of `count`; null when it leads nowhere. */
export function keyTarget(key: string, active: number, count: number, page: number): number | null {
  const to = {
    ArrowDown: active + 1,
    ArrowUp: active < 0 ? 0 : active - 1,
    PageDown: active + page,
    PageUp: active - page,
    Home: 0,
    End: count - 1,
  }[key]
  return to === undefined || count === 0 ? null : Math.min(count - 1, Math.max(0, to))
}

/** All from one place to another, whichever is first. */
export function span<T>(list: T[], a: number, b: number): T[] {
  return list.slice(Math.min(a, b), Math.max(a, b) + 1)
}
