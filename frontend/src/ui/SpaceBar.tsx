import { formatBytes } from '../util/sizes'
import classes from './SpaceBar.module.css'

type Props = { used: number; total: number; label: string; thin?: boolean }

/** How much of a space is used, as a bar. */
export function SpaceBar({ used, total, label, thin = false }: Props) {
  const percent = total > 0 ? Math.min(100, (used / total) * 100) : 0
  return (
    <div
      role="meter"
      aria-label={label}
      aria-valuenow={Math.round(percent)}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuetext={`${formatBytes(used)} of ${formatBytes(total)} used`}
      className={classes.track}
      data-thin={thin || undefined}
    >
      <div className={classes.fill} style={{ width: `${percent}%` }} />
    </div>
  )
}
