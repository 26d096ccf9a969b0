import { useDebouncedCallback } from '@mantine/hooks'
import { useState } from 'react'
import { useLocation, useNavigate } from 'react-router'

import { paths } from '../../util/paths'
import { EMPTY_SEARCH, readSearch, searchParameters } from '../../util/search-address'

/** How long a pause in typing is. */
export const PAUSE = 120

/** An address that typing made is replaced by further typing; one that was asked for with Enter stays to go back to. */
const TYPED = { typed: true }

/**
 * The text of the box. On the search page the address has it, which follows the typing after a pause; elsewhere it leads
 * to that page with Enter.
 */
export function useBox() {
  const location = useLocation()
  const navigate = useNavigate()
  const [draft, setDraft] = useState<string | null>(null)
  const [seen, setSeen] = useState(location.key)

  const here = location.pathname === paths.search()
  const search = here ? readSearch(new URLSearchParams(location.search)) : EMPTY_SEARCH
  const typed = isTyped(location.state)
  if (location.key !== seen) {
    setSeen(location.key)
    // Someone went somewhere: what was begun here is over.
    if (!typed) setDraft(null)
  }
  if (here && draft === search.q) setDraft(null)

  const go = (text: string, state: typeof TYPED | null, replace: boolean) =>
    void navigate(paths.search(searchParameters({ ...search, q: text })), { state, replace })
  const follow = useDebouncedCallback((text: string) => {
    if (here && text !== search.q) go(text, TYPED, typed || search.q === '')
  }, PAUSE)

  return {
    text: draft ?? search.q,
    /** The search page is shown. */
    here,
    type: (text: string) => {
      setDraft(text)
      if (here) follow(text)
    },
    submit: (text: string) => {
      follow.cancel()
      setDraft(here && text === search.q ? null : text)
      go(text, null, here && (typed || text === search.q))
    },
  }
}

function isTyped(state: unknown): boolean {
  return typeof state === 'object' && state !== null && 'typed' in state
}
