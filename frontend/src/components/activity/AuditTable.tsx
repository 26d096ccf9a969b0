import { Anchor, Code, Table, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link } from 'react-router'

import type { AuditEntry } from '../../api/types'
import { StateMark } from '../../ui/StateMark'
import { When } from '../../ui/When'
import { WideTable } from '../../ui/WideTable'
import { ACTIONS, outcomeWords, sourceUrl } from '../../util/audit'
import { paths } from '../../util/paths'
import { displayPath } from '../../util/relpath'

/** Who did what, from where to where. */
export function AuditTable({ entries }: { entries: AuditEntry[] }) {
  return (
    <WideTable label="Audit log" minWidth={900} verticalSpacing={6}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>When</Table.Th>
          <Table.Th>Who</Table.Th>
          <Table.Th>What</Table.Th>
          <Table.Th>From where</Table.Th>
          <Table.Th>To where</Table.Th>
          <Table.Th>Request</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {entries.map((entry) => (
          <Table.Tr key={entry.id}>
            <Table.Td style={{ whiteSpace: 'nowrap' }}>
              <When at={entry.at} size="sm" short />
            </Table.Td>
            <Table.Td>
              {entry.user === '' ? 'a name that nobody has' : entry.user}
              {entry.via === 'token' ? <Dim>by token {entry.token}</Dim> : null}
            </Table.Td>
            <Table.Td>
              <What entry={entry} />
            </Table.Td>
            <Table.Td>
              <Source entry={entry} />
            </Table.Td>
            <Table.Td>
              <Target entry={entry} />
            </Table.Td>
            <Table.Td>
              <Code>{entry.request_id}</Code>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </WideTable>
  )
}

function Dim({ children }: { children: ReactNode }) {
  return (
    <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
      {children}
    </Text>
  )
}

function What({ entry }: { entry: AuditEntry }) {
  const outcome = outcomeWords(entry.outcome)
  const words = ACTIONS[entry.action]
  return (
    <>
      {entry.job == null ? (
        words
      ) : (
        <Anchor component={Link} to={paths.job(entry.job)} size="sm">
          {words}
        </Anchor>
      )}
      {outcome === null ? null : (
        <div>
          <StateMark tone={outcome.tone}>{outcome.word}</StateMark>
        </div>
      )}
      {entry.detail == null ? null : <Dim>{entry.detail}</Dim>}
    </>
  )
}

function Source({ entry }: { entry: AuditEntry }) {
  const url = sourceUrl(entry)
  if (url === null) return null
  const { dataset, snapshot, path } = entry
  return (
    <>
      <Anchor component={Link} to={url} size="sm" style={{ overflowWrap: 'anywhere' }}>
        {path == null ? dataset : displayPath(path)}
      </Anchor>
      <Dim>
        {path == null ? null : <>{dataset}, </>}
        {snapshot ?? 'live'}
      </Dim>
    </>
  )
}

function Target({ entry }: { entry: AuditEntry }) {
  const { dataset, to_dataset: target, to_path: path } = entry
  if (target == null) return null
  if (path == null && target === dataset) return 'where it was'
  return (
    <>
      {path == null ? target : displayPath(path)}
      {path == null ? null : <Dim>{target}</Dim>}
    </>
  )
}
