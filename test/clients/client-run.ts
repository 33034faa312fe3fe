import type { Browser } from 'playwright-core'

/** The address in what a client writes, once it asks a person to sign in. */
export async function authorizationUrl(output: () => string): Promise<string> {
  for (let attempt = 0; attempt < 600; attempt++) {
    const [, url] = /(https?:\/\/\S+\/oauth\/authorize\?\S+)/.exec(output()) ?? []
    if (url) return url
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`the client asked nobody to sign in:\n${output()}`)
}

/** A person signs in and allows what the client asks for; the client's own page is the end. */
export async function signIn(browser: Browser, url: string): Promise<void> {
  const page = await (await browser.newContext()).newPage()
  await page.goto(url)
  await page.getByRole('button', { name: /admin@example\.com/ }).click()
  await page.getByRole('button', { name: 'Allow' }).click()
  await page.waitForURL(/^http:\/\/(localhost|127\.0\.0\.1):\d+\/\S*code=|callback/)
  await page.waitForLoadState()
  await page.close()
}
