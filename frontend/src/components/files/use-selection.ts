import { useState } from 'react'

import type { Entry } from '../../api/types'
import { all, allOrNone, extended, NOTHING, toggled } from './selection'

/** What is selected in the folder in sight; it begins anew where `folder` is another. */
export function useSelection(folder: string) {
  const [kept, setKept] = useState({ folder, selection: NOTHING })
  const selection = kept.folder === folder ? kept.selection : NOTHING
  const set = (next: typeof selection) => setKept({ folder, selection: next })
  return {
    picked: selection.picked,
    toggle: (entries: Entry[], index: number) => set(toggled(selection, entries, index)),
    extend: (entries: Entry[], from: number, to: number) => set(extended(selection, entries, from, to)),
    allOrNone: (entries: Entry[]) => set(allOrNone(selection, entries)),
    all: (entries: Entry[]) => set(all(entries)),
    clear: () => set(NOTHING),
  }
}

export type FolderSelection = ReturnType<typeof useSelection>
