import type { Entry } from '../../api/types'
import { extension } from '../../util/names'

export type PreviewKind = 'image' | 'video' | 'audio' | 'pdf' | 'markdown' | 'text' | 'unknown'

const EXTENSIONS: Record<Exclude<PreviewKind, 'unknown'>, string> = {
  image: 'png jpg jpeg jfif gif webp avif bmp ico',
  video: 'mp4 m4v webm mov mkv ogv',
  audio: 'mp3 m4a aac ogg oga opus flac wav',
  pdf: 'pdf',
  markdown: 'md markdown mdown mkd',
  text:
    'txt rst adoc log csv tsv json jsonl yaml yml toml ini conf cfg env xml html htm css scss less js mjs ' +
    'cjs ts tsx jsx vue svelte rs go py rb php java kt c h cc cpp hpp cs swift scala sh bash zsh fish ps1 bat sql tex ' +
    'bib srt vtt diff patch lock gitignore dockerfile makefile nix lua pl r jl svg',
}

const KIND_OF = new Map<string, PreviewKind>(
  Object.entries(EXTENSIONS).flatMap(([kind, list]) =>
    list.split(' ').map((ext): [string, PreviewKind] => [ext, kind as PreviewKind]),
  ),
)

/** How a file can be shown, by its name. The server decides by itself what it serves as what. */
export function previewKind(name: string): PreviewKind {
  return KIND_OF.get(extension(name)) ?? 'unknown'
}

const WORDS: Record<Entry['kind'], string> = {
  file: 'File',
  directory: 'Folder',
  symlink: 'Symbolic link',
  fifo: 'Named pipe',
  socket: 'Socket',
  block: 'Block device',
  char: 'Character device',
}

/** What an entry is, in words. */
export function kindWord(entry: Pick<Entry, 'kind'>): string {
  return WORDS[entry.kind]
}
