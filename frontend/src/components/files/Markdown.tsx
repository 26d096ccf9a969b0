import { Anchor, Text } from '@mantine/core'
import ReactMarkdown from 'react-markdown'
import remarkGfm from 'remark-gfm'

/**
 * Markdown as it is meant to be read. HTML in it is left out, and pictures are only named: files are anybody’s work, and a
 * picture from elsewhere would tell that elsewhere who looks.
 */
export function Markdown({ text }: { text: string }) {
  return (
    <ReactMarkdown
      remarkPlugins={[remarkGfm]}
      skipHtml
      components={{
        a: ({ href, children }) => (
          <Anchor href={href} target="_blank" rel="noopener noreferrer nofollow" inherit>
            {children}
          </Anchor>
        ),
        img: ({ alt }) => (
          <Text span inherit c="dimmed">
            [picture{alt === undefined || alt === '' ? '' : `: ${alt}`}]
          </Text>
        ),
      }}
    >
      {text}
    </ReactMarkdown>
  )
}
