import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Frame, type Page } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Where the screenshots of the documentation are. */
export const images = fileURLToPath(new URL('../../docs/images/', import.meta.url))

/** Debian's Chromium, or the one that CHROMIUM names. */
export function launchChromium(): Promise<Browser> {
  mkdirSync(images, { recursive: true })
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
    ],
  })
}

/** What axe finds on a page or in a frame, by the rules of WCAG 2.2 AA and good practice. */
export async function violations(page: Page | Frame): Promise<string[]> {
  // Evaluated, not added: a page whose policy forbids foreign scripts is looked at as it is.
  await page.evaluate(axe)
  return page.evaluate(async () => {
    const axe = (
      globalThis as unknown as {
        axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
      }
    ).axe
    const { violations } = await axe.run()
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
  })
}
