import react from '@vitejs/plugin-react'
import { loadEnv } from 'vite'
import { defineConfig } from 'vitest/config'

import { mockServer } from './mock/vite-plugin.ts'

// Dates are shown in local time; tests need to know which that is, and it must have daylight saving time.
if (process.env.VITEST !== undefined) process.env.TZ = 'Europe/Berlin'

// NASMAN_URL: the server that `npm run dev` talks to.
// VITE_API_BASE: where the built application finds its server; empty means "the one that served this page".
export default defineConfig(({ mode }) => {
  const env = loadEnv(mode, process.cwd(), ['NASMAN_', 'VITE_'])
  const server = env.NASMAN_URL ?? 'http://127.0.0.1:8440'
  const proxied = ['/api', '/openapi.json', '/healthz', '/readyz', '/metrics']
  return {
    plugins: [react(), mode === 'mock' && mockServer()],
    server: {
      proxy: mode === 'mock' ? {} : Object.fromEntries(proxied.map((path) => [path, { target: server }])),
    },
    build: {
      target: 'es2022',
      // An inlined asset would be a data: URL, which the content security policy allows for images only.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      // The API reference is the largest, and a page of its own.
      chunkSizeWarningLimit: 900,
      rolldownOptions: {
        input: { main: 'index.html', docs: 'docs.html' },
        output: {
          codeSplitting: {
            groups: [
              { name: 'react', test: /node_modules\/(react|react-dom|react-router|scheduler)\// },
              { name: 'mantine', test: /node_modules\/(@mantine|@floating-ui)\// },
            ],
          },
        },
      },
    },
    test: {
      environment: 'happy-dom',
      setupFiles: ['src/test/setup.ts'],
      include: ['src/**/*.test.{ts,tsx}'],
      testTimeout: 40_000,
      // The whole page as text hides what the failure says.
      env: { DEBUG_PRINT_LIMIT: '0' },
    },
  }
})
