import {
  IconArrowForwardUp,
  IconCpu,
  IconFile,
  IconFileText,
  IconFileTypePdf,
  IconFolderFilled,
  IconMovie,
  IconMusic,
  IconPhoto,
  IconPlugConnected,
} from '@tabler/icons-react'

import type { Entry } from '../../api/types'
import { previewKind } from './preview-kind'

const BY_PREVIEW = {
  image: IconPhoto,
  video: IconMovie,
  audio: IconMusic,
  pdf: IconFileTypePdf,
  markdown: IconFileText,
  text: IconFileText,
  unknown: IconFile,
}

/** A picture of what an entry is. Decoration: the words are in `kindWord`. */
export function KindIcon({ entry, size = 17 }: { entry: Pick<Entry, 'kind' | 'name'>; size?: number }) {
  const Icon = iconFor(entry)
  const color = entry.kind === 'directory' ? 'var(--mantine-color-anchor)' : 'var(--mantine-color-dimmed)'
  // eslint-disable-next-line react-hooks/static-components -- a choice among fixed components, not a new one
  return <Icon size={size} stroke={1.5} color={color} aria-hidden style={{ flexShrink: 0 }} />
}

function iconFor({ kind, name }: Pick<Entry, 'kind' | 'name'>) {
  switch (kind) {
    case 'directory':
      return IconFolderFilled
    case 'symlink':
      return IconArrowForwardUp
    case 'file':
      return BY_PREVIEW[previewKind(name)]
    case 'block':
    case 'char':
      return IconCpu
    default:
      return IconPlugConnected
  }
}
