import type { Browser, BrowserContext, Page } from 'playwright-core'
import { launchChromium } from '../browser/chromium.js'

/** So long a page may take on a busy machine; a browser that is stuck ends its step here. */
const STUCK_MS = 60_000

/**
 * A person at a real browser with cookies of its own. A page that is an error, or that the browser refuses, fails the
 * journey at its end, unless the journey expected it.
 */
export class Visitor {
  readonly page: Page
  readonly #context: BrowserContext
  #problems: string[] = []

  private constructor(context: BrowserContext, page: Page) {
    this.#context = context
    this.page = page
    context.on('response', (response) => {
      const page = response.request().isNavigationRequest()
      if (page && response.status() >= 400) this.#problems.push(`${response.status()} ${response.url()}`)
    })
    context.on('console', (message) => {
      if (message.type() === 'error' && !/favicon/.test(message.location().url))
        this.#problems.push(message.text())
    })
  }

  static async open(browser: Browser): Promise<Visitor> {
    const context = await browser.newContext()
    context.setDefaultTimeout(STUCK_MS)
    return new Visitor(context, await context.newPage())
  }

  /** Opens a URL, as somebody types it or follows a link of an e-mail. */
  async goto(url: string): Promise<void> {
    await this.page.goto(url)
  }

  /** Presses the button or link of this name. */
  async press(name: string | RegExp): Promise<void> {
    const button = this.page.getByRole('button', { name })
    await this.#unlessStuck(button.or(this.page.getByRole('link', { name })).first().click())
  }

  /** Types an e-mail address on the sign-in page and goes on, by the selectors that Scalekit documents. */
  async typeEmail(email: string): Promise<void> {
    await this.page.locator('input[name="email"]').fill(email)
    await this.press('Continue')
  }

  /** Types a code of six digits, from the first cell on, by the selector that Scalekit documents. */
  async typeCode(code: string): Promise<void> {
    await this.page.locator('[data-scope="pin-input"][data-part="input"]').first().click()
    await this.page.keyboard.type(code)
    await this.press('Continue')
  }

  /** The heading of the page that is shown, once there is one. */
  async heading(): Promise<string> {
    return (await this.page.locator('h1').first().textContent())?.trim() ?? ''
  }

  /** Waits for a page of the application with this title; returns what it shows. */
  async arrives<T = Record<string, unknown>>(title: string): Promise<T> {
    await this.#unlessStuck(this.page.getByRole('heading', { name: title, exact: true }).waitFor())
    return JSON.parse((await this.page.locator('pre').textContent()) ?? '{}') as T
  }

  /** Says what the browser shows when a step does not come to its end. */
  async #unlessStuck(step: Promise<void>): Promise<void> {
    try {
      await step
    } catch (cause) {
      const text = (await this.page.locator('body').innerText()).slice(0, 1000)
      throw new Error(`stuck at ${this.page.url()}\n${this.#problems.join('\n')}\n${text}`, { cause })
    }
  }

  /** Says that these problems belong to the journey: takes and forgets them. */
  expectedProblems(): string[] {
    const problems = this.#problems
    this.#problems = []
    return problems
  }

  /** @throws an Error that lists the pages that were errors */
  async leave(): Promise<void> {
    await this.#context.close()
    if (this.#problems.length > 0) throw new Error(`problems on the way:\n${this.#problems.join('\n')}`)
  }
}

export { launchChromium }
