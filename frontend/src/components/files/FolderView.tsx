import { CloseButton, Drawer, Group } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useNavigate } from 'react-router'

import { toApiError } from '../../api/errors'
import { entryQuery, filesQuery } from '../../api/queries'
import type { Entry, Moment } from '../../api/types'
import { RestoreDialog } from '../../forms/restore/RestoreDialog'
import { Empty } from '../../ui/Empty'
import { ErrorNote } from '../../ui/ErrorNote'
import { Loading } from '../../ui/Loading'
import { displaySegment, lastSegment, parentPath } from '../../util/relpath'
import { EntryTable } from './EntryTable'
import { Findings } from './Findings'
import classes from './FolderView.module.css'
import { SidePanel } from './SidePanel'
import { AT_ONCE, useFilesAddress } from './use-files-address'

type Props = { dataset: string; at: string | null; path: string }

/** A folder as of a moment: its entries, and beside them the chosen one. */
export function FolderView({ dataset, at, path }: Props) {
  const { selected, urlOf } = useFilesAddress()
  const navigate = useNavigate()
  const phone = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false })
  const query = useInfiniteQuery(filesQuery(dataset, at, path))
  const [restoring, setRestoring] = useState<{ entry: Entry; moment: Moment } | null>(null)

  const select = (entry: Entry | null) => void navigate(urlOf({ selected: entry?.path ?? null }), AT_ONCE)
  const open = (entry: Entry) => {
    if (entry.kind === 'directory') void navigate(folderUrl(entry.path))
    else select(entry)
  }
  const folderUrl = (to: string) => urlOf({ path: to, selected: null })

  if (query.isPending) return <Loading what="the folder" rows={8} />
  if (query.isError) {
    return <ErrorNote title={notShown(path, at)} error={query.error} onRetry={() => void query.refetch()} />
  }
  const [first] = query.data.pages
  const entries = query.data.pages.flatMap((page) => page.items)
  const moment = first?.at ?? null
  return (
    <>
      <Findings findings={query.data.pages.flatMap((page) => page.findings)} />
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
          folderUrl={(entry) => folderUrl(entry.path)}
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
            moment={moment}
            path={selected}
            phone={phone}
            known={entries.find((entry) => entry.path === selected)}
            onClose={() => select(null)}
            onRestore={(entry) => {
              if (moment !== null) setRestoring({ entry, moment })
            }}
          />
        )}
      </div>
      {restoring === null ? null : (
        <RestoreDialog
          dataset={dataset}
          moment={restoring.moment}
          paths={[restoring.entry.path]}
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

function NotThere({ name, error, onClose }: { name: string; error: unknown; onClose: () => void }) {
  return (
    <>
      <Group justify="flex-end">
        <CloseButton aria-label="Close details" onClick={onClose} />
      </Group>
      {toApiError(error).code === 'file_not_found' ? (
        <Empty title={`${name} was not there`}>
          At this moment it did not exist. Try another one on the time line.
        </Empty>
      ) : (
        <ErrorNote title={`${name} can’t be shown at this moment`} error={error} />
      )}
    </>
  )
}

type ChosenProps = {
  dataset: string
  moment: Moment | null
  path: string
  phone: boolean
  /** The entry when the table has it; an address may name one on a later page. */
  known: Entry | undefined
  onClose: () => void
  onRestore: (entry: Entry) => void
}

function Chosen({ dataset, moment, path, phone, known, onClose, onRestore }: ChosenProps) {
  const asked = useQuery({ ...entryQuery(dataset, moment?.guid ?? null, path), enabled: known === undefined })
  const entry = known ?? asked.data
  const name = displaySegment(lastSegment(path))
  const content =
    entry !== undefined ? (
      <SidePanel
        dataset={dataset}
        moment={moment}
        entry={entry}
        onClose={onClose}
        onRestore={() => onRestore(entry)}
      />
    ) : asked.isError ? (
      <NotThere name={name} error={asked.error} onClose={onClose} />
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
