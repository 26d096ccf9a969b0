import { Alert, List, Text } from '@mantine/core'

import type { Listing } from '../../api/types'
import { displaySegment, lastSegment } from '../../util/relpath'

/** Entries that could not be read; the rest is shown all the same. */
export function Findings({ findings }: { findings: Listing['findings'] }) {
  if (findings.length === 0) return null
  return (
    <Alert variant="default" title="Some entries can’t be read">
      <List size="sm">
        {findings.map((finding) => (
          <List.Item key={finding.path}>
            <Text span inherit fw={600}>
              {displaySegment(lastSegment(finding.path))}
            </Text>
            : {finding.detail}
          </List.Item>
        ))}
      </List>
    </Alert>
  )
}
