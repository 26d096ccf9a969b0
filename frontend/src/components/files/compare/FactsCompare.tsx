import { Table, Text } from '@mantine/core'
import type { ReactNode } from 'react'

import type { Entry } from '../../../api/types'
import { Bytes } from '../../../ui/Bytes'
import { When } from '../../../ui/When'
import { modeString } from '../../../util/mode'
import { displayPath } from '../../../util/relpath'
import { formatBytes } from '../../../util/sizes'
import { kindWord } from '../preview-kind'
import classes from './Compare.module.css'

type Props = { before: Entry; after: Entry; words: [string, string] }

/** What is known of both, and whether it is the same. */
export function FactsCompare({ before, after, words }: Props) {
  const more = after.size - before.size
  const size = `${formatBytes(Math.abs(more))} ${more > 0 ? 'more' : 'less'}`
  const owner = ({ owner: user, group }: Entry) => `${user}:${group}`
  const rows: [string, ReactNode, ReactNode, string | null][] = [
    ['Size', <Bytes value={before.size} />, <Bytes value={after.size} />, more === 0 ? null : size],
    [
      'Modified',
      <When at={before.modified} short />,
      <When at={after.modified} short />,
      differs(before.modified, after.modified),
    ],
    [
      'Changed',
      <When at={before.changed} short />,
      <When at={after.changed} short />,
      differs(before.changed, after.changed),
    ],
    ['Owner', owner(before), owner(after), differs(owner(before), owner(after))],
    [
      'Mode',
      <code>{modeString(before.mode)}</code>,
      <code>{modeString(after.mode)}</code>,
      differs(before.mode, after.mode),
    ],
    ['Kind', kindWord(before), kindWord(after), differs(before.kind, after.kind)],
    ['Path', displayPath(before.path), displayPath(after.path), differs(before.path, after.path)],
  ]
  return (
    <Table verticalSpacing={3} aria-label="What is known of both" className={classes.facts}>
      <Table.Thead>
        <Table.Tr>
          <Table.Td />
          <Table.Th>{words[0]}</Table.Th>
          <Table.Th>{words[1]}</Table.Th>
          <Table.Td className={classes.beside} />
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map(([label, left, right, difference]) => (
          <Table.Tr key={label}>
            <Table.Th fw={500}>
              {label}
              <Text size="xs" className={classes.beneath} c={difference === null ? 'dimmed' : undefined}>
                {difference ?? 'same'}
              </Text>
            </Table.Th>
            <Table.Td>{left}</Table.Td>
            <Table.Td>{right}</Table.Td>
            <Table.Td className={classes.beside}>
              <Text span size="sm" c={difference === null ? 'dimmed' : undefined}>
                {difference ?? 'same'}
              </Text>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

function differs(before: unknown, after: unknown): string | null {
  return before === after ? null : 'differs'
}
