import { flushSync } from 'react-dom'
import { type createBrowserRouter, RouterProvider } from 'react-router'

/** The router with the means to carry out a step at once, which `AT_ONCE` asks for. */
export function AppRouter({ router }: { router: ReturnType<typeof createBrowserRouter> }) {
  return <RouterProvider router={router} flushSync={atOnce} />
}

function atOnce(update: () => unknown): undefined {
  flushSync(update)
}
