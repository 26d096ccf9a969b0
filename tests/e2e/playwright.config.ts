import { defineConfig } from '@playwright/test'

/** The tests drive the server that `tests/run.sh` started in the guest; it passes its address in the environment. */
export default defineConfig({
  testDir: '.',
  // An emulated machine serves all of them: one after the other, and patiently.
  workers: 1,
  retries: 0,
  // On a busy machine the guest may stand still for half a minute.
  timeout: 300_000,
  expect: { timeout: 60_000 },
  reporter: [['list']],
  use: {
    baseURL: process.env.NASMAN_URL ?? 'http://127.0.0.1:8440',
    // Tables draw only the rows in sight: tall enough for all rows of the folders that the tests go to.
    viewport: { width: 1280, height: 1800 },
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
})
