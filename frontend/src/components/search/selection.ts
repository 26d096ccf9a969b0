import { createContext, useContext } from 'react'

import type { Hit } from '../../api/search-types'

/** What was gathered from hits, by `hitKey`; it stays when something else is searched, or another page is looked at. */
export type Selection = {
  selected: ReadonlyMap<string, Hit>
  /** Takes hits in, or out. */
  set: (hits: Hit[], taken: boolean) => void
  clear: () => void
}

export const SelectionContext = createContext<Selection | null>(null)

export function useSelection(): Selection {
  const selection = useContext(SelectionContext)
  if (selection === null) throw new Error('useSelection is for pages inside the frame')
  return selection
}
