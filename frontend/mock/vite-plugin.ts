import type { Plugin } from 'vite'

import { mockApi } from './server.ts'

/** `npm run dev:mock`: the application on the stand-in, without a server. */
export function mockServer(): Plugin {
  const api = mockApi()
  return {
    name: 'mock-api',
    configureServer(server) {
      server.middlewares.use('/api/v1', (req, res) => {
        const answer = async () => {
          const chunks: Uint8Array[] = []
          for await (const chunk of req) chunks.push(chunk as Uint8Array)
          const body = chunks.length === 0 ? undefined : Buffer.concat(chunks)
          const request = new Request(`http://mock/api/v1${req.url ?? ''}`, { method: req.method, body })
          const response = await api.handle(request)
          res.writeHead(response.status, Object.fromEntries(response.headers))
          res.end(Buffer.from(await response.arrayBuffer()))
        }
        answer().catch((error: unknown) => res.writeHead(500).end(String(error)))
      })
    },
  }
}
