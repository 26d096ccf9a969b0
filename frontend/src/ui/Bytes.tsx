import { exactBytes, formatBytes } from '../util/sizes'

/** A size in binary units; the exact number on hover. */
export function Bytes({ value }: { value: number | null | undefined }) {
  if (value == null) return <span title="not known">–</span>
  return (
    <span className="tabular" title={exactBytes(value)}>
      {formatBytes(value)}
    </span>
  )
}
