import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { render } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { createMemoryRouter } from 'react-router'
import { vi } from 'vitest'

import { mockApi } from '../../mock/server'
import { makeQueryClient } from '../api/query-client'
import { AppRouter } from '../AppRouter'
import { routes } from '../routes'
import { cssVariables, theme } from '../theme'

/** The whole application at an address, on the mock API. `as`: who is signed in. */
export function renderApp(address: string, as: string | null = 'admin') {
  const api = mockApi()
  if (as !== null) api.signIn(as)
  const requests: string[] = []
  vi.stubGlobal('fetch', (request: Request) => {
    requests.push(`${request.method} ${request.url}`)
    return api.handle(request)
  })
  const router = createMemoryRouter(routes, { initialEntries: [address] })
  render(
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} env="test">
      <QueryClientProvider client={makeQueryClient()}>
        <AppRouter router={router} />
      </QueryClientProvider>
    </MantineProvider>,
  )
  const here = () => router.state.location.pathname + router.state.location.search
  return { api, requests, router, user: userEvent.setup(), address: here }
}
