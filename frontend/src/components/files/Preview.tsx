import { Center, Loader, SegmentedControl, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { lazy, type ReactNode, Suspense, useState } from 'react'

import { contentUrl } from '../../api/client'
import { textQuery } from '../../api/queries'
import type { Entry } from '../../api/types'
import { ErrorNote } from '../../ui/ErrorNote'
import { formatBytes } from '../../util/sizes'
import classes from './Preview.module.css'
import { previewKind } from './preview-kind'

const TEXT_LIMIT = 256 * 1024
/** A larger file of an unknown kind is hardly text; it is not asked for. */
const GUESS_LIMIT = 1024 * 1024

// Its library is larger than the rest of the page.
const PdfPreview = lazy(async () => ({ default: (await import('./PdfPreview')).PdfPreview }))
const Markdown = lazy(async () => ({ default: (await import('./Markdown')).Markdown }))

type Props = { dataset: string; at: string | null; entry: Entry }

/** What is in a file, as far as a browser can show it. */
export function Preview({ dataset, at, entry }: Props) {
  const [failed, setFailed] = useState(false)
  const url = contentUrl({ dataset, path: entry.path, at })
  const kind = previewKind(entry.name)
  const fail = () => setFailed(true)
  if (failed) return <None>This browser can’t show the file. Download it instead.</None>
  if (entry.size === 0) return <None>The file is empty.</None>
  switch (kind) {
    case 'image':
      return <img className={classes.picture} src={url} alt={`Preview of ${entry.name}`} onError={fail} />
    case 'video':
      return <video className={classes.picture} src={url} controls preload="metadata" onError={fail} />
    case 'audio':
      return <audio className={classes.sound} src={url} controls preload="metadata" onError={fail} />
    case 'pdf':
      return (
        <Suspense fallback={<Waiting />}>
          <PdfPreview url={url} name={entry.name} />
        </Suspense>
      )
    case 'markdown':
      return <MarkdownPreview url={url} size={entry.size} />
    case 'text':
      return <TextPreview url={url} size={entry.size} />
    case 'unknown':
      if (entry.size > GUESS_LIMIT) return <None>No preview for this kind of file.</None>
      return <TextPreview url={url} size={entry.size} />
  }
}

/** As it is meant to be read, or as it is written. */
function MarkdownPreview({ url, size }: { url: string; size: number }) {
  const [source, setSource] = useState(false)
  return (
    <>
      <SegmentedControl
        size="xs"
        aria-label="Shown as"
        value={source ? 'text' : 'page'}
        data={[
          { value: 'page', label: 'Page' },
          { value: 'text', label: 'Text' },
        ]}
        onChange={(value) => setSource(value === 'text')}
      />
      <TextPreview url={url} size={size} page={!source} />
    </>
  )
}

/** `page`: it is Markdown, and to be shown as that says. */
function TextPreview({ url, size, page = false }: { url: string; size: number; page?: boolean }) {
  const { data: text, error, isPending } = useQuery(textQuery(url, TEXT_LIMIT))
  if (isPending) return <Waiting />
  if (error !== null) return <ErrorNote error={error} title="The file can’t be read" />
  // A NUL byte is the usual sign of a file that is not text.
  if (text.includes('\0')) return <None>No preview for this kind of file.</None>
  return (
    <>
      {page ? (
        <Suspense fallback={<Waiting />}>
          <div className={classes.markdown} tabIndex={0} role="region" aria-label="File content">
            <Markdown text={text} />
          </div>
        </Suspense>
      ) : (
        <pre className={classes.text} tabIndex={0} aria-label="File content">
          {text}
        </pre>
      )}
      {size > TEXT_LIMIT ? (
        <Text size="xs" c="dimmed">
          The first {formatBytes(TEXT_LIMIT)} of {formatBytes(size)}.
        </Text>
      ) : null}
    </>
  )
}

function Waiting() {
  return (
    <Center h={120}>
      <Loader role="status" size="sm" aria-label="Loading the preview" />
    </Center>
  )
}

function None({ children }: { children: ReactNode }) {
  return (
    <Text size="sm" c="dimmed" py="sm">
      {children}
    </Text>
  )
}
