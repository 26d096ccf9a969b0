import type { Coverage } from '../../api/types'
import classes from './CoverageBar.module.css'

/** How many of the snapshots are indexed, as a thin bar. */
export function CoverageBar({ coverage, label }: { coverage: Coverage; label: string }) {
  const { indexed, total } = coverage
  const percent = total > 0 ? Math.min(100, (indexed / total) * 100) : 100
  return (
    <div
      role="meter"
      aria-label={label}
      aria-valuenow={Math.round(percent)}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuetext={`${indexed} of ${total} indexed`}
      className={classes.track}
    >
      <div className={classes.fill} style={{ width: `${percent}%` }} />
    </div>
  )
}
