import { type ReactNode, useEffect, useMemo, useState } from 'react'

import { readTray, type TrayItem, trayKey, withAdded, without, writeTray } from '../../util/tray'
import { type Tray, TrayContext } from './tray'

/** Keeps a user's tray. With another user it has to be another provider. */
export function TrayProvider({ user, children }: { user: number; children: ReactNode }) {
  const [items, setItems] = useState<TrayItem[]>(() => readTray(user))
  useEffect(() => writeTray(user, items), [user, items])
  const tray = useMemo((): Tray => {
    const keys = new Set(items.map(trayKey))
    return {
      items,
      add: (more) => setItems((before) => withAdded(before, more)),
      remove: (taken) => setItems((before) => without(before, taken)),
      clear: () => setItems([]),
      has: (item) => keys.has(trayKey(item)),
    }
  }, [items])
  return <TrayContext value={tray}>{children}</TrayContext>
}
