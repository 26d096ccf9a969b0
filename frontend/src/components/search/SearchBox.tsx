import { CloseButton, Combobox, Kbd, TextInput, useCombobox } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type KeyboardEvent, type SyntheticEvent, useId, useState } from 'react'

import { suggestQuery } from '../../api/search'
import type { Suggestion } from '../../api/search-types'
import { replaceRange } from '../../util/characters'
import { visibleName } from '../../util/names'
import { SEARCH_BOX } from './search-key'
import classes from './SearchBox.module.css'
import { PAUSE, useBox } from './use-box'

/** As much text as the server takes. */
const LONGEST = 1000

const NONE: Suggestion[] = []

/** The box, with suggestions beneath it while one types. */
export function SearchBox({ autoFocus = false }: { autoFocus?: boolean }) {
  const { text, here, type, submit } = useBox()
  const [open, setOpen] = useState(false)
  const [asked] = useDebouncedValue(text, PAUSE)
  const { data } = useQuery({ ...suggestQuery(asked), enabled: open })
  // Names are among the hits themselves, which must not be covered.
  const items = data?.items.filter(({ kind }) => !here || kind !== 'name') ?? NONE
  const combobox = useCombobox({ opened: open && items.length > 0, onOpenedChange: setOpen })
  // The chosen one of these suggestions; of others none is chosen yet.
  const [at, setAt] = useState({ asked: '', index: -1 })
  const chosen =
    combobox.dropdownOpened && at.asked === data?.asked && at.index < items.length ? at.index : -1
  const listId = useId()

  const change = (to: string) => {
    type(to)
    setOpen(true)
    setAt({ asked: '', index: -1 })
  }
  const search = (to: string) => {
    setOpen(false)
    submit(to)
  }
  const choose = (item: Suggestion | undefined) => {
    // Its place is one in the text it was asked for; by now that may be another.
    if (item === undefined || data?.asked !== text) return
    const next = replaceRange(text, item.replace, item.insert)
    if (item.kind === 'name') search(next)
    else change(next)
  }
  const onSubmit = (event: SyntheticEvent) => {
    event.preventDefault()
    search(text)
  }
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Escape') {
      if (!combobox.dropdownOpened) event.currentTarget.blur()
      setOpen(false)
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      setOpen(true)
      const step = event.key === 'ArrowDown' ? 1 : -1
      // Once around, over the text itself, where none is chosen.
      const places = items.length + 1
      setAt({ asked: data?.asked ?? '', index: ((chosen + 1 + step + places) % places) - 1 })
    } else if (event.key === 'Enter' && chosen >= 0) {
      event.preventDefault()
      choose(items[chosen])
    }
  }

  return (
    <form role="search" className={classes.form} onSubmit={onSubmit}>
      <Combobox
        store={combobox}
        onOptionSubmit={(index) => choose(items[Number(index)])}
        transitionProps={{ duration: 0 }}
        withinPortal={false}
        zIndex={300}
      >
        <Combobox.Target
          withExpandedAttribute
          withKeyboardNavigation={false}
          aria-activedescendant={chosen >= 0 ? `${listId}-${chosen}` : undefined}
        >
          <TextInput
            id={SEARCH_BOX}
            aria-label="Search"
            placeholder="Search files, now and in every snapshot"
            autoFocus={autoFocus}
            spellCheck={false}
            autoCapitalize="off"
            enterKeyHint="search"
            maxLength={LONGEST}
            leftSection={<IconSearch size={16} aria-hidden />}
            rightSection={
              text === '' ? (
                <Kbd size="xs" aria-hidden visibleFrom="sm">
                  /
                </Kbd>
              ) : (
                <CloseButton
                  size="sm"
                  aria-label="Clear the search box"
                  onClick={() => {
                    type('')
                    document.getElementById(SEARCH_BOX)?.focus()
                  }}
                />
              )
            }
            value={text}
            onChange={(event) => change(event.currentTarget.value)}
            onKeyDown={onKeyDown}
            onBlur={() => setOpen(false)}
          />
        </Combobox.Target>
        <Combobox.Dropdown>
          <Combobox.Options aria-label="Suggestions" mah={320} style={{ overflowY: 'auto' }}>
            {items.map(({ kind, text: words, detail }, i) => (
              <Combobox.Option
                key={`${kind} ${words}`}
                id={`${listId}-${i}`}
                value={String(i)}
                selected={i === chosen}
                aria-selected={i === chosen}
                className={classes.option}
              >
                <span className={classes.text}>{visibleName(words)}</span>
                {detail == null ? null : <span className={classes.detail}>{detail}</span>}
              </Combobox.Option>
            ))}
          </Combobox.Options>
        </Combobox.Dropdown>
      </Combobox>
    </form>
  )
}
