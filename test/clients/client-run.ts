import type { Browser } from 'playwright-core'

/** The address in what a client writes, once it asks a person to sign in. */
export async function authorizationUrl(output: () => string): Promise<string> {
  for (let attempt = 0; attempt < 600; attempt++) {
    const [, url] = /(https?:\/\/[^\s\p{Cc}]+\/oauth\/authorize\?[^\s\p{Cc}]+)/u.exec(output()) ?? []
    if (url) return url
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`the client asked nobody to sign in:\n${output()}`)
}

/** A person signs in and allows what the client asks for; the client's own page is the end. Pictures go to where told. */
export async function signIn(browser: Browser, url: string, pictures?: string): Promise<void> {
  const page = await (await browser.newContext({ viewport: { width: 900, height: 760 } })).newPage()
  await page.goto(url)
  if (pictures) await page.screenshot({ path: `${pictures}sign-in.png` })
  await page.getByRole('button', { name: /admin@example\.com/ }).click()
  const allow = page.getByRole('button', { name: 'Allow' })
  await allow.waitFor()
  if (pictures) await page.screenshot({ path: `${pictures}consent.png` })
  await allow.click()
  await page.waitForURL(/^http:\/\/(localhost|127\.0\.0\.1):\d+\/\S*code=|callback/)
  await page.waitForLoadState()
  await page.close()
}
