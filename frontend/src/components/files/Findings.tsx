import { Alert, List, Text } from '@mantine/core'

import type { Listing } from '../../api/types'
import { visibleName } from '../../util/names'

/** Entries that could not be read; the rest is shown all the same. */
export function Findings({ findings }: { findings: Listing['findings'] }) {
  if (findings.length === 0) return null
  return (
    <Alert variant="default" title="Some entries can’t be read">
      <List size="sm">
        {findings.map((finding) => (
          <List.Item key={finding.path}>
            <Text span inherit fw={600}>
              {visibleName(finding.name)}
            </Text>
            : {finding.detail}
          </List.Item>
        ))}
      </List>
    </Alert>
  )
}
