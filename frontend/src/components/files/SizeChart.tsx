import { Text } from '@mantine/core'
import { useState } from 'react'

import type { Version } from '../../api/types'
import { formatDateTime } from '../../util/dates'
import { formatBytes } from '../../util/sizes'
import classes from './SizeChart.module.css'
import { type Step, sizeSteps } from './versions'

type Props = {
  versions: Version[]
  /** When the moment shown was; null: now. */
  shown: string | null
}

/** How large a file was over time: a thin line in steps. */
export function SizeChart({ versions, shown }: Props) {
  // Drawn once: now need not move while one looks.
  const [now] = useState(() => Date.now())
  const steps = sizeSteps(versions, now)
  const [first] = steps
  const last = steps.at(-1)
  const sizes = steps.map(({ size }) => size)
  // One size is a number, not a chart.
  if (first === undefined || last === undefined || new Set(sizes).size < 2) return null
  const largest = Math.max(...sizes)
  const end = Math.max(...steps.map(({ to }) => to))
  const x = (time: number) => ((time - first.from) / Math.max(1, end - first.from)) * 100
  const y = (size: number) => 100 - (size / Math.max(1, largest)) * 100
  const at = shown === null ? now : Date.parse(shown)
  return (
    <div
      role="img"
      aria-label={`Size over time: from ${formatBytes(first.size)} to ${formatBytes(last.size)}, ${formatBytes(largest)} at most`}
    >
      <Text size="xs" c="dimmed" className="tabular">
        {formatBytes(largest)}
      </Text>
      <svg className={classes.picture} viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden>
        <line className={classes.ground} x1={0} x2={100} y1={100} y2={100} />
        <path className={classes.size} d={line(steps, x, y)} />
        {at < first.from || at > end ? null : (
          <line className={classes.shown} x1={x(at)} x2={x(at)} y1={0} y2={100} />
        )}
      </svg>
      <div className={classes.ends}>
        <span>{formatDateTime(first.from)}</span>
        <span>{end === now ? 'now' : formatDateTime(end)}</span>
      </div>
    </div>
  )
}

/** Each size holds until the next one is seen. */
function line(steps: Step[], x: (time: number) => number, y: (size: number) => number): string {
  return steps
    .map((step, i) => {
      const start = `${x(step.from).toFixed(2)} ${y(step.size).toFixed(2)}`
      return `${i === 0 ? 'M' : 'L'}${start}H${x(steps[i + 1]?.from ?? step.to).toFixed(2)}`
    })
    .join('')
}
