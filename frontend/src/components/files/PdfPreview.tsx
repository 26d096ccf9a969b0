import { ActionIcon, Group, Text } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import {
  getDocument,
  GlobalWorkerOptions,
  type PDFDocumentProxy,
  RenderingCancelledException,
} from 'pdfjs-dist'
import workerUrl from 'pdfjs-dist/build/pdf.worker.min.mjs?url'
import { useEffect, useRef, useState } from 'react'

import { ErrorNote } from '../../ui/ErrorNote'
import { Loading } from '../../ui/Loading'
import classes from './Preview.module.css'

GlobalWorkerOptions.workerSrc = workerUrl

/**
 * A PDF's pages as pictures. Browsers refuse their own viewer inside a sandbox; drawing the pages onto a canvas runs nothing
 * that the document brings.
 */
export function PdfPreview({ url, name }: { url: string; name: string }) {
  const { data, error, isPending } = useQuery({
    queryKey: ['pdf', url],
    queryFn: () =>
      getDocument({ url, withCredentials: true, isEvalSupported: false, disableAutoFetch: true }).promise,
    // Keeping it would hold the worker's memory.
    gcTime: 0,
    retry: false,
  })
  if (isPending) return <Loading what="the preview" />
  if (error !== null) return <ErrorNote title="The document can’t be shown" error={error} />
  return <Pages pdf={data} name={name} />
}

function Pages({ pdf, name }: { pdf: PDFDocumentProxy; name: string }) {
  const [number, setNumber] = useState(1)
  const { ref, width } = useElementSize()
  const canvas = useRef<HTMLCanvasElement>(null)

  useEffect(() => {
    const target = canvas.current
    if (target === null || width === 0) return
    let cancel: (() => void) | undefined
    let stopped = false
    const draw = async () => {
      const page = await pdf.getPage(number)
      if (stopped) return
      const scale = (width / page.getViewport({ scale: 1 }).width) * window.devicePixelRatio
      const viewport = page.getViewport({ scale })
      target.width = viewport.width
      target.height = viewport.height
      const task = page.render({ canvas: target, viewport })
      cancel = () => task.cancel()
      await task.promise
    }
    draw().catch((thrown: unknown) => {
      if (!(thrown instanceof RenderingCancelledException)) console.warn('page not drawn', thrown)
    })
    return () => {
      stopped = true
      cancel?.()
    }
  }, [pdf, number, width])

  return (
    <div ref={ref}>
      <canvas ref={canvas} className={classes.page} role="img" aria-label={`${name}, page ${number}`} />
      {pdf.numPages > 1 ? (
        <Group gap="xs" justify="center" mt={6}>
          <ActionIcon
            variant="default"
            aria-label="Previous page"
            disabled={number <= 1}
            onClick={() => setNumber(number - 1)}
          >
            <IconChevronLeft size={16} aria-hidden />
          </ActionIcon>
          <Text size="sm">
            Page {number} of {pdf.numPages}
          </Text>
          <ActionIcon
            variant="default"
            aria-label="Next page"
            disabled={number >= pdf.numPages}
            onClick={() => setNumber(number + 1)}
          >
            <IconChevronRight size={16} aria-hidden />
          </ActionIcon>
        </Group>
      ) : null}
    </div>
  )
}
