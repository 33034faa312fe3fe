import type { Browser } from 'playwright-core'
import type { Environment } from './environment.js'
import { Visitor } from './visitor.js'

/** The organization's administrator connects the identity provider simulator, with the link to the admin portal. */
export async function connectSimulator(
  environment: Environment,
  browser: Browser,
  organization: string,
): Promise<void> {
  const { location } = await environment.sdk.organization.generatePortalLink(organization)
  const administrator = await Visitor.open(browser)
  await administrator.goto(location)
  await administrator.press('Connect the identity provider simulator')
  await administrator.page.getByRole('link', { name: 'Test the connection' }).waitFor()
  await administrator.leave()
}

/** Says at the simulator, or at a simulated social provider, who signs in there. */
export async function signInAtSimulator(visitor: Visitor, email?: string): Promise<void> {
  await visitor.shows('Identity provider simulator')
  if (email !== undefined) await visitor.page.getByLabel('E-mail address').fill(email)
  const { page } = visitor
  const here = page.url()
  await visitor.press('Sign in')
  // The next page may be a simulator too.
  await page.waitForURL(({ href }) => href !== here)
}
