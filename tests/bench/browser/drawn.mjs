// Opens a large folder at moments in Chromium, and steps through time in it. Prints the milliseconds of each from the click,
// or the key, until the frame in which the folder was painted, as one line of JSON.
import { chromium } from '../../e2e/node_modules/@playwright/test/index.mjs'

const { NASMAN_URL, NASMAN_PASSWORD, DATASET, FOLDER, MOMENTS } = process.env
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ARGS })
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
  await page.goto(NASMAN_URL)
  await page.getByRole('textbox', { name: 'Name' }).fill('admin')
  await page.getByRole('textbox', { name: 'Password' }).fill(NASMAN_PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Home' }).waitFor()
  const opened = []
  const stepped = []
  for (const moment of MOMENTS.split(',')) {
    await page.goto(`${NASMAN_URL}/files/${encodeURIComponent(DATASET)}?at=${moment}`)
    await page.getByRole('link', { name: FOLDER }).waitFor()
    await page.getByRole('slider', { name: 'Time line' }).waitFor()
    await page.evaluate(rest)
    opened.push(await page.evaluate(open, FOLDER))
    stepped.push(await page.evaluate(step, FOLDER))
  }
  console.log(JSON.stringify({ opened, stepped }))
} finally {
  await browser.close()
}

/** Until the page has nothing left to do of its being loaded, which took up to 80 ms in which nobody has clicked yet. */
async function rest() {
  await new Promise((resolve) => requestIdleCallback(resolve))
}

async function open(folder) {
  const link = [...document.querySelectorAll('[role=grid] a')].find((a) => a.textContent === folder)
  return await new Promise((resolve) => {
    const began = performance.now()
    const look = () => {
      const grid = document.querySelector(`[role=grid][aria-label="${folder}"]`)
      const rows =
        grid?.getAttribute('aria-busy') === 'false' ? grid.querySelectorAll('[role=row]').length : 0
      // The next frame begins when this one was painted.
      if (rows > 20) requestAnimationFrame(() => resolve(performance.now() - began))
      else requestAnimationFrame(look)
    }
    link.click()
    requestAnimationFrame(look)
  })
}

async function step(folder) {
  const line = document.querySelector('[role=slider][aria-label="Time line"]')
  const before = line.getAttribute('aria-valuetext')
  line.focus()
  return await new Promise((resolve) => {
    const began = performance.now()
    let asked = false
    const look = () => {
      const busy = document.querySelector(`[role=grid][aria-label="${folder}"]`)?.getAttribute('aria-busy')
      asked ||= busy !== 'false'
      const there = asked && busy === 'false' && line.getAttribute('aria-valuetext') !== before
      if (there) requestAnimationFrame(() => resolve(performance.now() - began))
      else requestAnimationFrame(look)
    }
    line.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowLeft', bubbles: true }))
    look()
  })
}
