import { CloseButton, Drawer, Group } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useNavigate } from 'react-router'

import { toApiError } from '../../api/errors'
import { entryQuery, filesQuery } from '../../api/queries'
import type { Entry } from '../../api/types'
import { restoreGroups, type RestoreGroup } from '../../forms/restore/restore-groups'
import { RestoreDialog } from '../../forms/restore/RestoreDialog'
import { Empty } from '../../ui/Empty'
import { ErrorNote } from '../../ui/ErrorNote'
import { Loading } from '../../ui/Loading'
import { type Past, pastOf } from '../../util/past'
import { displaySegment, lastSegment, parentPath } from '../../util/relpath'
import { restoringRefusal } from '../../util/roles'
import { useMe } from '../frame/me'
import { itemsOfGathered } from '../tray/gather'
import { isRestorable } from '../tray/restorable'
import { CompareDialog } from './compare/CompareDialog'
import { EntryTable } from './EntryTable'
import { Findings } from './Findings'
import classes from './FolderView.module.css'
import { type Gathered, gather, placeOfEntry } from './gather'
import { SelectionBar } from './SelectionBar'
import { SidePanel } from './SidePanel'
import { SourceNote } from './SourceNote'
import { AT_ONCE, useFilesAddress } from './use-files-address'
import { useSelection } from './use-selection'
import { Versions } from './Versions'

type Props = {
  dataset: string
  at: string | null
  path: string
  /** Puts what is selected where it waits to be restored or downloaded together. */
  onGather?: (gathered: Gathered[]) => void
}

/** A folder as of a moment: its entries, and beside them the chosen one. */
export function FolderView({ dataset, at, path, onGather }: Props) {
  const { selected, deleted, added, compare, urlOf } = useFilesAddress()
  const navigate = useNavigate()
  const me = useMe()
  const phone = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false })
  const query = useInfiniteQuery(filesQuery(dataset, at, path, { deleted, added }))
  const selection = useSelection(`${at ?? ''}/${path}`)
  const [restoring, setRestoring] = useState<RestoreGroup[] | null>(null)

  const select = (entry: Entry | null) => void navigate(urlOf({ selected: entry?.path ?? null }), AT_ONCE)
  const open = (entry: Entry) => {
    const url = entry.kind === 'directory' ? folderUrl(entry) : null
    if (url === null) select(entry)
    else void navigate(url)
  }
  // A folder that is no more is entered when it last was.
  const folderUrl = ({ path: to, deleted: gone, now }: Entry) => {
    // What has come since is entered as it is now.
    if (now === 'added') return urlOf({ path: to, selected: null, at: null })
    if (gone == null) return urlOf({ path: to, selected: null })
    return gone.last.snapshot == null ? null : urlOf({ path: to, selected: null, at: gone.last.snapshot })
  }

  if (query.isPending) return <Loading what="the folder" rows={8} />
  if (query.isError) {
    return <ErrorNote title={notShown(path, at)} error={query.error} onRetry={() => void query.refetch()} />
  }
  const [first] = query.data.pages
  const entries = query.data.pages.flatMap((page) => page.items)
  const past = first?.at == null ? null : pastOf(first.at)
  // What is no more is what people come for, so it has a button of its own.
  const restorer = (entry: Entry) => {
    const from = entry.deleted != null || entry.now === 'deleted' ? placeOfEntry(entry, past) : null
    if (from === null || restoringRefusal(me, dataset) !== null || !isRestorable(entry)) return null
    return () => setRestoring([{ dataset, from, paths: [entry.path] }])
  }
  const gathered = gather(dataset, past, [...selection.picked.values()])
  const groups = restoreGroups(itemsOfGathered(gathered))
  const selectAll = async () => {
    let loaded = query.data.pages
    for (let more = query.hasNextPage; more;) {
      const next = await query.fetchNextPage()
      loaded = next.data?.pages ?? loaded
      more = next.hasNextPage && !next.isError
    }
    selection.all(loaded.flatMap((page) => page.items))
  }
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
          selection={selection}
          onSelectAll={() => void selectAll()}
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
            onCompare={(two) => void navigate(urlOf({ compare: two }))}
            onClose={() => select(null)}
            onStep={(to, then) =>
              void navigate(urlOf({ at: then?.tag ?? null, path: parentPath(to), selected: to }))
            }
            onRestore={(of, from) => setRestoring([{ dataset, from, paths: [of] }])}
          />
        )}
      </div>
      {gathered.length === 0 ? null : (
        <SelectionBar
          entries={[...selection.picked.values()]}
          onClear={selection.clear}
          onGather={
            onGather &&
            (() => {
              onGather(gathered)
              selection.clear()
            })
          }
          refused={restoringRefusal(me, dataset) ?? selectionRefusal(groups)}
          onRestore={() => setRestoring(groups)}
        />
      )}
      {selected === null || compare === null ? null : (
        <CompareDialog
          dataset={dataset}
          path={selected}
          compare={compare}
          onChange={(two) => void navigate(urlOf({ compare: two }), { replace: true })}
          onClose={() => void navigate(urlOf({}), { replace: true })}
        />
      )}
      {restoring === null ? null : <RestoreDialog groups={restoring} onClose={() => setRestoring(null)} />}
    </>
  )
}

function notShown(path: string, at: string | null): string {
  const folder = path === '' ? 'The folder' : displaySegment(lastSegment(path))
  return at === null ? `${folder} can’t be shown` : `${folder} can’t be shown at this moment`
}

/** Why nothing of the selection can be restored, whoever asks; what is live is left out of a restore. */
function selectionRefusal(groups: RestoreGroup[]): string | null {
  return groups.length > 0 ? null : 'What is selected is live. To restore, choose a moment in the past.'
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
  onCompare: (two: string) => void
}

function Chosen(props: ChosenProps) {
  const { dataset, past, path, phone, known, onClose, onStep, onRestore, onCompare } = props
  const asked = useQuery({ ...entryQuery(dataset, past?.at ?? null, path), enabled: known === undefined })
  const entry = known ?? asked.data
  const name = displaySegment(lastSegment(path))
  const steps = { dataset, onStep, onRestore, onCompare }
  const content =
    entry !== undefined ? (
      <SidePanel {...steps} past={placeOfEntry(entry, past)} entry={entry} onClose={onClose} />
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
