import { cleanup, configure } from '@testing-library/react'
import { afterEach, vi } from 'vitest'

// What Mantine and the virtual list ask a browser for and the test's DOM, which lays nothing out, does not have.
vi.stubGlobal('matchMedia', (query: string) => ({
  matches: false,
  media: query,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
  addListener: () => undefined,
  removeListener: () => undefined,
}))
vi.stubGlobal(
  'ResizeObserver',
  class {
    observe = () => undefined
    unobserve = () => undefined
    disconnect = () => undefined
  },
)
Object.defineProperties(HTMLElement.prototype, {
  clientHeight: { get: () => 600 },
  clientWidth: { get: () => 900 },
  offsetHeight: { get: () => 600 },
  offsetWidth: { get: () => 900 },
})
HTMLElement.prototype.scrollIntoView = () => undefined
HTMLElement.prototype.setPointerCapture = () => undefined

// Pages are loaded when first opened, which takes its time on a busy machine.
configure({ asyncUtilTimeout: 15_000 })

afterEach(() => {
  cleanup()
  // One test's tray is not the next one's.
  sessionStorage.clear()
})
