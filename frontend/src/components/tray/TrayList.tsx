import { Button, CloseButton, Drawer, Popover, Text } from '@mantine/core'
import { IconChevronUp } from '@tabler/icons-react'
import { useRef, useState } from 'react'

import { Unseen } from '../../ui/Unseen'
import { Bytes } from '../../ui/Bytes'
import { usePhone } from '../../ui/use-phone'
import { When } from '../../ui/When'
import { displayPath, displaySegment, lastSegment, parentPath } from '../../util/relpath'
import { formatCount } from '../../util/sizes'
import { type TrayGroup, trayGroups, type TrayItem, trayKey, traySummary } from '../../util/tray'
import { KindIcon } from '../files/KindIcon'
import { focusPage } from './focus-page'
import { useTray } from './tray'
import classes from './TrayBar.module.css'

/** So many are listed of a dataset and moment; the rest is counted. */
const MOST = 200

/** How much is gathered; opens the list of it, from which single things are removed. */
export function TrayList() {
  const { items } = useTray()
  const [opened, setOpened] = useState(false)
  const phone = usePhone()
  const button = (
    <Button
      variant="subtle"
      size="compact-sm"
      color="gray"
      c="inherit"
      className={classes.summary ?? ''}
      rightSection={<IconChevronUp size={14} aria-hidden />}
      aria-haspopup="dialog"
      aria-expanded={opened}
      onClick={() => setOpened(!opened)}
    >
      {traySummary(items)}
      <Unseen>, show what is in the tray</Unseen>
    </Button>
  )
  return (
    <>
      <Unseen role="status">In the tray: {traySummary(items)}</Unseen>
      {phone ? (
        <>
          {button}
          <Drawer
            opened={opened}
            onClose={() => setOpened(false)}
            position="bottom"
            size="70%"
            title="Tray"
            closeButtonProps={{ 'aria-label': 'Close' }}
          >
            <Groups items={items} />
          </Drawer>
        </>
      ) : (
        <Popover
          opened={opened}
          onChange={setOpened}
          position="top-start"
          width={460}
          trapFocus
          returnFocus
          transitionProps={{ duration: 0 }}
        >
          <Popover.Target>{button}</Popover.Target>
          <Popover.Dropdown className={classes.dropdown ?? ''}>
            <Groups items={items} />
          </Popover.Dropdown>
        </Popover>
      )}
    </>
  )
}

function Groups({ items }: { items: TrayItem[] }) {
  const { remove } = useTray()
  const list = useRef<HTMLDivElement>(null)
  const buttons = () => [...(list.current?.querySelectorAll('button') ?? [])]
  const removeOne = (item: TrayItem, button: HTMLButtonElement) => {
    const place = buttons().indexOf(button)
    remove([item])
    // The next one takes its place, and the focus.
    setTimeout(() => {
      const left = buttons()
      if (left.length === 0) focusPage()
      else left[Math.min(place, left.length - 1)]?.focus()
    })
  }
  return (
    <div ref={list} className={classes.list}>
      {trayGroups(items).map((group) => (
        <Group key={trayKey({ ...group, path: '' })} group={group} onRemove={removeOne} />
      ))}
    </div>
  )
}

type GroupProps = { group: TrayGroup; onRemove: (item: TrayItem, button: HTMLButtonElement) => void }

function Group({ group: { dataset, from, items }, onRemove }: GroupProps) {
  const name = from === null ? dataset : `${dataset}@${from.tag}`
  return (
    <section className={classes.group} aria-label={name}>
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        {from === null ? 'Now' : <When at={from.created || null} none="Unknown time" c="var(--nm-time)" />} ·{' '}
        <Text span inherit ff="monospace">
          {name}
        </Text>
      </Text>
      <ul>
        {items.slice(0, MOST).map((item) => (
          <li key={item.path} className={classes.item}>
            <KindIcon entry={{ ...item, name: nameOf(item) }} />
            <span className={classes.name} title={displayPath(item.path)}>
              {nameOf(item)} <span className={classes.folder}>{displayPath(parentPath(item.path))}</span>
            </span>
            {item.size === null ? <span /> : <Bytes value={item.size} />}
            <CloseButton
              size="sm"
              aria-label={`Remove ${nameOf(item)} from the tray`}
              onClick={(event) => onRemove(item, event.currentTarget)}
            />
          </li>
        ))}
      </ul>
      {items.length > MOST ? (
        <Text size="sm" c="dimmed">
          and {formatCount(items.length - MOST)} more
        </Text>
      ) : null}
    </section>
  )
}

function nameOf({ dataset, path }: TrayItem): string {
  return path === '' ? dataset : displaySegment(lastSegment(path))
}
