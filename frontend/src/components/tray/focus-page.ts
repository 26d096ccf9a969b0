/** The focus goes to the page when what had it is about to go. */
export function focusPage(): void {
  document.getElementById('content')?.focus({ preventScroll: true })
}
