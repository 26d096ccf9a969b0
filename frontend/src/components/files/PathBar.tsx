import { ActionIcon, Group, TextInput } from '@mantine/core'
import { IconPencil } from '@tabler/icons-react'
import { Fragment, useState } from 'react'
import { Link } from 'react-router'

import { displayPath, displaySegment, parseTyped } from '../../util/relpath'
import classes from './PathBar.module.css'

type Props = {
  dataset: string
  mountpoint: string | null
  path: string
  urlOf: (path: string) => string
  onGo: (path: string) => void
}

/** Where one is, each folder a link; the pencil makes it a field to type or paste a path into. */
export function PathBar({ dataset, mountpoint, path, urlOf, onGo }: Props) {
  const [typed, setTyped] = useState<string | null>(null)
  if (typed !== null) {
    return (
      <form
        onSubmit={(event) => {
          event.preventDefault()
          setTyped(null)
          onGo(parseTyped(typed, mountpoint))
        }}
      >
        <TextInput
          aria-label="Path"
          autoFocus
          spellCheck={false}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          onFocus={(event) => event.currentTarget.select()}
          onBlur={() => setTyped(null)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') setTyped(null)
          }}
        />
      </form>
    )
  }
  return (
    <Group gap={4} mih={36}>
      <nav aria-label="Folder" className={classes.crumbs}>
        {crumbs(dataset, path).map((crumb, i, all) => (
          <Fragment key={crumb.path}>
            {i === 0 ? null : <span className={classes.slash}>/</span>}
            {i === all.length - 1 ? (
              <span aria-current="location" className={classes.here}>
                {crumb.name}
              </span>
            ) : (
              <Link to={urlOf(crumb.path)} className={classes.crumb}>
                {crumb.name}
              </Link>
            )}
          </Fragment>
        ))}
      </nav>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label="Edit path"
        onClick={() => setTyped(editable(path))}
      >
        <IconPencil size={16} aria-hidden />
      </ActionIcon>
    </Group>
  )
}

function crumbs(dataset: string, path: string) {
  const segments = path === '' ? [] : path.split('/')
  return [
    { name: dataset, path: '' },
    ...segments.map((segment, i) => ({
      name: displaySegment(segment),
      path: segments.slice(0, i + 1).join('/'),
    })),
  ]
}

/** Readable where that leads back to the same path; otherwise with its escapes. */
function editable(path: string): string {
  const readable = displayPath(path)
  return parseTyped(readable, null) === path ? readable : `/${path}`
}
