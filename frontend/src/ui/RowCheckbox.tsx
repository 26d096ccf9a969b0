import classes from './RowCheckbox.module.css'

/** The checkbox of a row whose list handles the click. The browser’s own, which costs the least: a list draws dozens at once. */
export function RowCheckbox({ label, checked }: { label: string; checked: boolean }) {
  return (
    <input
      type="checkbox"
      tabIndex={-1}
      className={classes.box}
      aria-label={label}
      checked={checked}
      onChange={() => undefined}
    />
  )
}
