import { Box, Group, Paper, Stack, Text, Title } from '@mantine/core'

import type { Pool, Scan } from '../../api/types'
import { Bytes } from '../../ui/Bytes'
import { SpaceBar } from '../../ui/SpaceBar'
import { StateMark } from '../../ui/StateMark'
import { When } from '../../ui/When'
import { poolVerdict } from '../../util/health'
import { plural } from '../../util/sizes'
import { VdevTree } from './VdevTree'

/** A pool: how it is in one sentence, how full, its last scan, its devices. */
export function PoolCard({ pool }: { pool: Pool }) {
  const verdict = poolVerdict(pool)
  return (
    <Paper withBorder p="md" component="section" aria-labelledby={`pool-${pool.guid}`}>
      <Stack gap="sm">
        <Group justify="space-between" gap="xs">
          <Title order={2} id={`pool-${pool.guid}`}>
            {pool.name}
          </Title>
          <StateMark tone={verdict.tone}>{verdict.sentence}</StateMark>
        </Group>
        {pool.status == null ? null : <Text size="sm">{pool.status}</Text>}
        {pool.action == null ? null : (
          <Text size="sm">
            <b>What to do:</b> {pool.action}
          </Text>
        )}
        <Box>
          <SpaceBar used={pool.allocated} total={pool.size} label={`Space in ${pool.name}`} />
          <Text size="sm" mt={4}>
            <Bytes value={pool.allocated} /> used ({pool.capacity}%) · <Bytes value={pool.free} /> free of{' '}
            <Bytes value={pool.size} />
            {pool.fragmentation == null ? '' : ` · ${pool.fragmentation}% fragmented`}
          </Text>
        </Box>
        <Text size="sm" component="div">
          <ScanLine scan={pool.scan ?? null} />
        </Text>
        <VdevTree vdevs={pool.vdevs} />
      </Stack>
    </Paper>
  )
}

function ScanLine({ scan }: { scan: Scan | null }) {
  if (scan === null) return <>Never scrubbed. A scrub reads everything once and repairs what it can.</>
  const what = scan.kind === 'scrub' ? 'Scrub' : 'Resilver'
  const errors = scan.errors === 0 ? 'no errors' : plural(scan.errors, 'error')
  if (scan.state === 'scanning') {
    return (
      <>
        {what} running{scan.percent == null ? '' : `, ${scan.percent.toFixed(1)}% done`}, {errors} so far
      </>
    )
  }
  return (
    <>
      Last {what.toLowerCase()} {scan.state}, {errors} ·{' '}
      <When at={scan.ended ?? scan.started} none="time not known" />
    </>
  )
}
