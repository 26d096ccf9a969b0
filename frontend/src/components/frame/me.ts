import { createContext, useContext } from 'react'

import type { Me } from '../../api/types'

/** Who is signed in; set by the frame, so every page inside it has one. */
export const MeContext = createContext<Me | null>(null)

export function useMe(): Me {
  const me = useContext(MeContext)
  if (me === null) throw new Error('useMe is for pages inside the frame')
  return me
}
