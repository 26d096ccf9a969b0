import { ActionIcon, Anchor, Badge, Checkbox } from '@mantine/core'
import { IconDownload, IconRestore } from '@tabler/icons-react'
import { Fragment } from 'react'
import { Link } from 'react-router'

import type { Hit } from '../../api/search-types'
import { Bytes } from '../../ui/Bytes'
import { Highlight } from '../../ui/Highlight'
import { Mark } from '../../ui/Mark'
import { formatDateTime, formatDay, formatFull, formatRelative } from '../../util/dates'
import { visibleName } from '../../util/names'
import { restoringRefusal } from '../../util/roles'
import { stateWords } from '../../util/search-words'
import { plural } from '../../util/sizes'
import { KindIcon } from '../files/KindIcon'
import { kindWord } from '../files/preview-kind'
import { useMe } from '../frame/me'
import { itemOfHit } from '../tray/gather'
import classes from './HitList.module.css'
import { crumbsOf, downloadUrl, hitUrl, restoreRefusal } from './hits'

type Props = {
  hit: Hit
  selected: boolean
  /** Only the active row's links and buttons are stops on the way through the page. */
  active: boolean
  onSelect: (taken: boolean, range: boolean) => void
  onRestore: () => void
}

/** What one hit is, where it is or was, and what can be done with it right here. */
export function HitRow({ hit, selected, active, onSelect, onRestore }: Props) {
  const name = visibleName(hit.name)
  const tabIndex = active ? 0 : -1
  const refused = itemOfHit(hit) === null ? (restoreRefusal(hit) ?? 'It can’t be gathered.') : undefined
  return (
    <>
      <span role="gridcell">
        <Checkbox
          size="xs"
          tabIndex={tabIndex}
          aria-label={`Select ${name}`}
          disabled={refused !== undefined}
          title={refused}
          checked={selected}
          onChange={(event) => onSelect(event.currentTarget.checked, isWithShift(event.nativeEvent))}
        />
      </span>
      <span role="gridcell" title={kindWord(hit)} style={{ lineHeight: 0 }}>
        <KindIcon entry={hit} />
      </span>
      <span role="gridcell" className={classes.what}>
        <Name hit={hit} tabIndex={tabIndex} />
        <Crumbs hit={hit} tabIndex={tabIndex} />
        <span className={`${classes.line ?? ''} ${classes.narrow ?? ''}`}>
          <span className={classes.dim}>
            {hit.kind === 'file' ? <Bytes value={hit.size} /> : kindWord(hit)}
            {narrowWords(hit)}
          </span>
        </span>
      </span>
      <span role="gridcell" className={`${classes.right ?? ''} ${classes.wide ?? ''}`}>
        {hit.kind === 'file' ? <Bytes value={hit.size} /> : ''}
      </span>
      <span role="gridcell" className={`${classes.modified ?? ''} ${classes.wide ?? ''}`}>
        <Modified at={hit.modified} />
      </span>
      <Actions hit={hit} name={name} tabIndex={tabIndex} onRestore={onRestore} />
    </>
  )
}

function Name({ hit, tabIndex }: { hit: Hit; tabIndex: number }) {
  const url = hitUrl(hit)
  const state = stateWords(hit)
  const text = <Highlight name={hit.name} ranges={hit.matches.name} />
  const common = {
    className: classes.name ?? '',
    title: visibleName(hit.name),
    'data-deleted': hit.state === 'deleted' || undefined,
  }
  return (
    <span className={classes.line}>
      {hit.state === 'deleted' ? <Mark letter="D" tone="gone" word="Deleted" /> : null}
      {url === null ? (
        <span {...common}>{text}</span>
      ) : (
        <Link to={url} tabIndex={tabIndex} {...common}>
          {text}
        </Link>
      )}
      {state === null ? null : (
        <span className={`${classes.dim ?? ''} ${classes.wide ?? ''}`} title={state}>
          {state}
        </span>
      )}
      {hit.here ? null : (
        <Badge
          variant="default"
          size="sm"
          radius="sm"
          tt="none"
          fw={400}
          style={{ flexShrink: 0 }}
          title={`It is on ${hit.host}; it can’t be opened from here.`}
        >
          on {hit.host}
        </Badge>
      )}
    </span>
  )
}

function Crumbs({ hit, tabIndex }: { hit: Hit; tabIndex: number }) {
  const crumbs = crumbsOf(hit)
  return (
    <span className={classes.crumbs} title={crumbs.map(({ name }) => visibleName(name)).join(' / ')}>
      {crumbs.map(({ name, ranges, url }, i) => (
        <Fragment key={i}>
          {i === 0 ? null : <span className={classes.slash}>/</span>}
          {url === null ? (
            <span className={classes.crumb}>
              <Highlight name={name} ranges={ranges} />
            </span>
          ) : (
            <Link to={url} tabIndex={tabIndex} className={classes.crumb ?? ''}>
              <Highlight name={name} ranges={ranges} />
            </Link>
          )}
        </Fragment>
      ))}
    </span>
  )
}

function Modified({ at }: { at: string | null | undefined }) {
  if (at == null) return <span className={classes.dim}>not known</span>
  const [full, day] = [formatDateTime(at), formatDay(at)]
  return (
    <time dateTime={at} title={formatFull(at)} style={{ display: 'contents' }}>
      <span>
        {day}
        <span className={classes.clock}>{full.slice(day.length)}</span>
      </span>
      <span className={classes.dim}>{formatRelative(at)}</span>
    </time>
  )
}

type ActionsProps = { hit: Hit; name: string; tabIndex: number; onRestore: () => void }

function Actions({ hit, name, tabIndex, onRestore }: ActionsProps) {
  const me = useMe()
  const refused = restoringRefusal(me, hit.dataset.name)
  const url = hitUrl(hit)
  const download = downloadUrl(hit)
  return (
    <span role="gridcell" className={classes.actions}>
      {hit.versions == null || hit.versions < 2 || url === null ? null : (
        <Anchor
          component={Link}
          to={url}
          tabIndex={tabIndex}
          className={`${classes.versions ?? ''} ${classes.wide ?? ''}`}
          aria-label={`${plural(hit.versions, 'version')} of ${name}`}
          title="Show its versions"
        >
          {plural(hit.versions, 'version')}
        </Anchor>
      )}
      {restoreRefusal(hit) !== null ? null : (
        <ActionIcon
          variant="subtle"
          color="gray"
          tabIndex={tabIndex}
          aria-label={`Restore ${name}…`}
          title={refused ?? 'Restore…'}
          disabled={refused !== null}
          onClick={onRestore}
        >
          <IconRestore size={17} aria-hidden />
        </ActionIcon>
      )}
      {download === null ? null : (
        <ActionIcon
          component="a"
          variant="subtle"
          color="gray"
          tabIndex={tabIndex}
          aria-label={`Download ${name}`}
          title="Download"
          href={download}
          download
        >
          <IconDownload size={17} aria-hidden />
        </ActionIcon>
      )}
    </span>
  )
}

/** On a phone there is room for one: what became of it, or when it was modified. */
function narrowWords(hit: Hit): string {
  const state = stateWords(hit)
  if (state !== null) return ` · ${state}`
  return hit.modified == null ? '' : ` · ${formatDay(hit.modified)} (${formatRelative(hit.modified)})`
}

function isWithShift(event: Event): boolean {
  return 'shiftKey' in event && event.shiftKey === true
}
