import { useWindowEvent } from '@mantine/hooks'
import { useNavigate } from 'react-router'

import { paths } from '../../util/paths'

/** The id of the search box, of which there is never more than one. */
export const SEARCH_BOX = 'search-box'

/** A slash leads into the search box, or to the page that has it. */
export function useSearchKey() {
  const navigate = useNavigate()
  useWindowEvent('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
    if (isTakenElsewhere(event.target)) return
    event.preventDefault()
    const box = document.getElementById(SEARCH_BOX)
    if (box instanceof HTMLInputElement) {
      box.focus()
      box.select()
    } else void navigate(paths.search())
  })
}

/** In a field a slash is a slash; a dialog keeps the focus to itself. */
function isTakenElsewhere(target: EventTarget | null): boolean {
  const field = 'input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable=true]'
  if (target instanceof Element && target.closest(field) !== null) return true
  return document.querySelector('[aria-modal=true]') !== null
}
