import { type ReactNode, useMemo, useState } from 'react'

import type { Hit } from '../../api/search-types'
import { hitKey } from './hits'
import { type Selection, SelectionContext } from './selection'

export function SelectionProvider({ children }: { children: ReactNode }) {
  const [selected, setSelected] = useState<ReadonlyMap<string, Hit>>(new Map())
  const selection = useMemo(
    (): Selection => ({
      selected,
      set: (hits, taken) =>
        setSelected((before) => {
          const after = new Map(before)
          for (const hit of hits) {
            if (taken) after.set(hitKey(hit), hit)
            else after.delete(hitKey(hit))
          }
          return after
        }),
      clear: () => setSelected(new Map()),
    }),
    [selected],
  )
  return <SelectionContext value={selection}>{children}</SelectionContext>
}
