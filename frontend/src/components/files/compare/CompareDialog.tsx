import { ActionIcon, Group, Modal, Select, Stack, Text } from '@mantine/core'
import { IconArrowsExchange } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'

import { contentUrl } from '../../../api/client'
import { entryQuery, versionsQuery } from '../../../api/queries'
import type { Entry, Version } from '../../../api/types'
import { ErrorNote } from '../../../ui/ErrorNote'
import { Loading } from '../../../ui/Loading'
import { formatDateTime } from '../../../util/dates'
import { displaySegment, lastSegment } from '../../../util/relpath'
import { formatBytes } from '../../../util/sizes'
import { previewKind } from '../preview-kind'
import { FactsCompare } from './FactsCompare'
import { PictureCompare } from './PictureCompare'
import { compareText, parseCompare, parseSide, type SideRef, sideOf, sideText } from './sides'
import { TextCompare } from './TextCompare'

/** A larger file of an unknown kind is hardly text. */
const GUESS_LIMIT = 1024 * 1024

type Props = {
  dataset: string
  path: string
  /** Which two, as the address has it. */
  compare: string
  onChange: (compare: string) => void
  onClose: () => void
}

/** Two versions of a file: texts line by line, pictures side by side, and what is known of any. */
export function CompareDialog({ dataset, path, compare, onChange, onClose }: Props) {
  const sides = parseCompare(compare)
  return (
    <Modal
      opened
      fullScreen
      onClose={onClose}
      title={`Compare ${displaySegment(lastSegment(path))}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {sides === null ? (
        <Text size="sm">
          This address names no two versions. Close, and choose them in the file’s history.
        </Text>
      ) : (
        <Two dataset={dataset} path={path} sides={sides} onChange={onChange} />
      )}
    </Modal>
  )
}

type TwoProps = Omit<Props, 'compare' | 'onClose'> & { sides: [SideRef, SideRef] }

function Two({ dataset, path, sides, onChange }: TwoProps) {
  const [before, after] = sides
  const versions = useInfiniteQuery(versionsQuery(dataset, path))
  const words = sides.map((side) => wordOf(side)) as [string, string]
  const [left, right] = [
    useQuery(entryQuery(dataset, before.at, before.path ?? path)),
    useQuery(entryQuery(dataset, after.at, after.path ?? path)),
  ]
  const error = left.error ?? right.error
  const choices = choicesOf(versions.data?.pages.flatMap((page) => page.items) ?? [], path, [
    { side: before, entry: left.data },
    { side: after, entry: right.data },
  ])
  return (
    <Stack gap="sm">
      <Group align="flex-end" gap="xs">
        <Choice
          label="Before"
          side={before}
          choices={choices}
          onChoose={(side) => onChange(compareText(side, after))}
        />
        <ActionIcon
          variant="default"
          size={36}
          aria-label="Change them round"
          title="Change them round"
          onClick={() => onChange(compareText(after, before))}
        >
          <IconArrowsExchange size={18} aria-hidden />
        </ActionIcon>
        <Choice
          label="After"
          side={after}
          choices={choices}
          onChoose={(side) => onChange(compareText(before, side))}
        />
      </Group>
      {error !== null ? (
        <ErrorNote title="One of the two can’t be shown" error={error} />
      ) : left.data === undefined || right.data === undefined ? (
        <Loading what="both versions" rows={6} />
      ) : (
        <>
          <FactsCompare before={left.data} after={right.data} words={words} />
          <Contents
            before={{ ...shownOf(dataset, before, path), entry: left.data, word: words[0] }}
            after={{ ...shownOf(dataset, after, path), entry: right.data, word: words[1] }}
          />
        </>
      )}
    </Stack>
  )
}

type Shown = { url: string; entry: Entry; word: string }

function shownOf(dataset: string, { at, path }: SideRef, own: string) {
  return { url: contentUrl({ dataset, path: path ?? own, at }) }
}

function Contents({ before, after }: { before: Shown; after: Shown }) {
  if (before.entry.kind !== 'file' || after.entry.kind !== 'file') return null
  const kind = previewKind(after.entry.name)
  if (kind === 'image') return <PictureCompare before={before} after={after} />
  const small = Math.max(before.entry.size, after.entry.size) <= GUESS_LIMIT
  if (kind === 'text' || kind === 'markdown' || (kind === 'unknown' && small)) {
    return (
      <TextCompare
        before={{ url: before.url, size: before.entry.size }}
        after={{ url: after.url, size: after.entry.size }}
      />
    )
  }
  return (
    <Text size="sm" c="dimmed">
      Contents of this kind can’t be compared; what is known of both is above.
    </Text>
  )
}

type Choices = { value: string; label: string }[]
type ChoiceProps = { label: string; side: SideRef; choices: Choices; onChoose: (side: SideRef) => void }

function Choice({ label, side, choices, onChoose }: ChoiceProps) {
  return (
    <Select
      label={label}
      searchable
      allowDeselect={false}
      flex="1 1 240px"
      maw={460}
      data={choices}
      value={valueOf(side)}
      onChange={(value) => {
        if (value !== null) onChoose(parseSide(value.slice(1)))
      }}
    />
  )
}

/** A choice may not be empty, and now is. */
function valueOf(side: SideRef): string {
  return `=${sideText(side)}`
}

/** All versions that can be looked at, and the two that the address names: these may be of any snapshot. */
function choicesOf(
  versions: Version[],
  path: string,
  named: { side: SideRef; entry: Entry | undefined }[],
): Choices {
  const known = versions.flatMap((version) => {
    const side = sideOf(version, path)
    return side === null || version.kind !== 'file' ? [] : [choiceOf(side, version)]
  })
  const others = named
    .map(({ side, entry }) =>
      entry === undefined ? { value: valueOf(side), label: wordOf(side) } : choiceOf(side, entry),
    )
    .filter(({ value }) => !known.some((choice) => choice.value === value))
  const all = [...others, ...known]
  return all.filter((choice, i) => all.findIndex(({ value }) => value === choice.value) === i)
}

function choiceOf(side: SideRef, { modified, size }: Pick<Version, 'modified' | 'size'>) {
  const when = modified == null ? 'unknown time' : formatDateTime(modified)
  return { value: valueOf(side), label: `${when} · ${formatBytes(size)} · ${wordOf(side)}` }
}

function wordOf({ at }: SideRef): string {
  return at === null ? 'Now' : `As of ${at}`
}
