import { createContext, useContext } from 'react'

import type { TrayItem, TrayPlace } from '../../util/tray'

/** What is gathered; it stays when another page is looked at and when the page is loaded again, until signing out. */
export type Tray = {
  items: TrayItem[]
  /** Puts things in, after what is there. */
  add: (items: TrayItem[]) => void
  remove: (items: TrayPlace[]) => void
  clear: () => void
  has: (item: TrayPlace) => boolean
}

export const TrayContext = createContext<Tray | null>(null)

export function useTray(): Tray {
  const tray = useContext(TrayContext)
  if (tray === null) throw new Error('useTray is for pages inside the frame')
  return tray
}
