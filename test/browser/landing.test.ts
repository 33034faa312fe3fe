import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Program, startDev } from '../harness/program.js'
import { images, launchChromium, violations } from './chromium.js'

let program: Program
let browser: Browser
beforeAll(async () => {
  program = await startDev()
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  await program?.stop()
})

test.each(['light', 'dark'] as const)(
  'the page of the server, %s, is clean and runs nothing',
  async (colorScheme) => {
    const page = await browser.newPage({ colorScheme, viewport: { width: 900, height: 900 } })
    const complaints: string[] = []
    page.on('console', (message) => complaints.push(message.text()))
    page.on('requestfailed', (request) => complaints.push(request.url()))
    const answer = await page.goto(program.url)
    expect(answer?.status()).toBe(200)
    expect(await page.getByRole('link', { name: 'Add to Cursor' }).getAttribute('href')).toMatch(/^cursor:/)
    expect(await violations(page)).toEqual([])
    expect(complaints.filter((text) => !text.includes('favicon'))).toEqual([])
    await page.screenshot({ path: `${images}landing-${colorScheme}.png` })
    await page.close()
  },
)
