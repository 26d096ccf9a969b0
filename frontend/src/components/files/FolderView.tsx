import { CloseButton, Drawer, Group } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useNavigate } from 'react-router'

import { toApiError } from '../../api/errors'
import { entryQuery, filesQuery } from '../../api/queries'
import type { Entry } from '../../api/types'
import { RestoreDialog } from '../../forms/restore/RestoreDialog'
import { Empty } from '../../ui/Empty'
import { ErrorNote } from '../../ui/ErrorNote'
import { Loading } from '../../ui/Loading'
import { type Past, pastOf, pastOfSighting } from '../../util/past'
import { displaySegment, lastSegment, parentPath } from '../../util/relpath'
import { rightsRefusal } from '../../util/rights'
import { useMe } from '../frame/me'
import { isRestorable } from '../tray/restorable'
import { EntryTable } from './EntryTable'
import { Findings } from './Findings'
import classes from './FolderView.module.css'
import { SidePanel } from './SidePanel'
import { SourceNote } from './SourceNote'
import { AT_ONCE, useFilesAddress } from './use-files-address'
import { Versions } from './Versions'

type Props = { dataset: string; at: string | null; path: string }

/** A folder as of a moment: its entries, and beside them the chosen one. */
export function FolderView({ dataset, at, path }: Props) {
  const { selected, deleted, urlOf } = useFilesAddress()
  const navigate = useNavigate()
  const me = useMe()
  const phone = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false })
  const query = useInfiniteQuery(filesQuery(dataset, at, path, deleted))
  const [restoring, setRestoring] = useState<{ path: string; from: Past } | null>(null)

  const select = (entry: Entry | null) => void navigate(urlOf({ selected: entry?.path ?? null }), AT_ONCE)
  const open = (entry: Entry) => {
    const url = entry.kind === 'directory' ? folderUrl(entry) : null
    if (url === null) select(entry)
    else void navigate(url)
  }
  // A folder that is no more is entered when it last was.
  const folderUrl = ({ path: to, deleted: gone }: Entry) => {
    if (gone == null) return urlOf({ path: to, selected: null })
    return gone.last.snapshot == null ? null : urlOf({ path: to, selected: null, at: gone.last.snapshot })
  }
  const restorer = (entry: Entry) => {
    const from = entry.deleted == null ? null : pastOfSighting(entry.deleted.last)
    if (from === null || rightsRefusal(me, dataset) !== null || !isRestorable(entry)) return null
    return () => setRestoring({ path: entry.path, from })
  }

  if (query.isPending) return <Loading what="the folder" rows={8} />
  if (query.isError) {
    return <ErrorNote title={notShown(path, at)} error={query.error} onRetry={() => void query.refetch()} />
  }
  const [first] = query.data.pages
  const entries = query.data.pages.flatMap((page) => page.items)
  const past = first?.at == null ? null : pastOf(first.at)
  return (
    <>
      <Findings findings={query.data.pages.flatMap((page) => page.findings)} />
      {first === undefined ? null : <SourceNote listing={first} />}
      <div className={classes.columns}>
        <EntryTable
          label={path === '' ? dataset : displaySegment(lastSegment(path))}
          entries={entries}
          total={first?.total ?? entries.length}
          selected={selected}
          onSelect={select}
          // Details would cover a phone's screen: a tap on a folder means going into it.
          onClick={phone ? open : select}
          onOpen={open}
          onUp={() => {
            if (path !== '') void navigate(urlOf({ path: parentPath(path), selected: path }))
          }}
          folderUrl={folderUrl}
          restorer={restorer}
          more={query}
          busy={query.isPlaceholderData}
          empty={
            <Empty title="This folder is empty">
              {at === null
                ? 'It may have held files at another moment: try the time line.'
                : 'It held nothing at this moment.'}
            </Empty>
          }
        />
        {selected === null ? (
          // Kept while nothing is chosen: if the table changed its width under a double click, the second one would miss.
          <aside className={classes.none}>Choose a file to see what is in it.</aside>
        ) : (
          <Chosen
            dataset={dataset}
            past={past}
            path={selected}
            phone={phone}
            known={entries.find((entry) => entry.path === selected)}
            onClose={() => select(null)}
            onStep={(to, then) =>
              void navigate(urlOf({ at: then?.tag ?? null, path: parentPath(to), selected: to }))
            }
            onRestore={(of, from) => setRestoring({ path: of, from })}
          />
        )}
      </div>
      {restoring === null ? null : (
        <RestoreDialog
          groups={[{ dataset, from: restoring.from, paths: [restoring.path] }]}
          onClose={() => setRestoring(null)}
        />
      )}
    </>
  )
}

function notShown(path: string, at: string | null): string {
  const folder = path === '' ? 'The folder' : displaySegment(lastSegment(path))
  return at === null ? `${folder} can’t be shown` : `${folder} can’t be shown at this moment`
}

type NotThereProps = { name: string; error: unknown; onClose: () => void; children: ReactNode }

function NotThere({ name, error, onClose, children }: NotThereProps) {
  return (
    <>
      <Group justify="flex-end">
        <CloseButton aria-label="Close details" onClick={onClose} />
      </Group>
      {toApiError(error).code === 'file_not_found' ? (
        <>
          <Empty title={`${name} was not there`}>
            At this moment it did not exist. Try another one on the time line.
          </Empty>
          {children}
        </>
      ) : (
        <ErrorNote title={`${name} can’t be shown at this moment`} error={error} />
      )}
    </>
  )
}

type ChosenProps = {
  dataset: string
  past: Past | null
  path: string
  phone: boolean
  /** The entry when the table has it; an address may name one on a later page. */
  known: Entry | undefined
  onClose: () => void
  onStep: (path: string, past: Past | null) => void
  onRestore: (path: string, from: Past) => void
}

function Chosen({ dataset, past, path, phone, known, onClose, onStep, onRestore }: ChosenProps) {
  const asked = useQuery({ ...entryQuery(dataset, past?.at ?? null, path), enabled: known === undefined })
  const entry = known ?? asked.data
  const name = displaySegment(lastSegment(path))
  const steps = { dataset, onStep, onRestore }
  const content =
    entry !== undefined ? (
      <SidePanel
        {...steps}
        // What is no more is shown as it last was.
        past={entry.deleted == null ? past : pastOfSighting(entry.deleted.last)}
        entry={entry}
        onClose={onClose}
      />
    ) : asked.isError ? (
      <NotThere name={name} error={asked.error} onClose={onClose}>
        <Versions {...steps} path={path} shown={past?.created ?? null} />
      </NotThere>
    ) : (
      <Loading what={name} />
    )
  if (!phone) return <aside className={classes.panel}>{content}</aside>
  return (
    <Drawer.Root opened onClose={onClose} position="bottom" size="85%">
      <Drawer.Overlay />
      <Drawer.Content aria-label={`Details of ${name}`}>
        <Drawer.Body pt="md">{content}</Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  )
}
