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

/** Allows everybody to sign in through a social provider, with Scalekit's own credentials; returns the connection's ID. */
export async function connectSocial({ api }: Environment, provider: string): Promise<string> {
  const kind = { type: 'OAUTH', provider }
  const { connection } = await api<{ connection: { id: string } }>('POST', '/connections', kind)
  await api('PATCH', `/connections/${connection.id}`, { ...kind, oauth_config: { use_platform_creds: true } })
  await api('PATCH', `/connections/${connection.id}:enable`)
  return connection.id
}

/** Says at the simulator, or at a simulated social provider, who signs in there. */
export async function signInAtSimulator(
  visitor: Visitor,
  person: { email?: string; first?: string; last?: string } = {},
): Promise<void> {
  await visitor.shows('Identity provider simulator')
  const { page } = visitor
  const fields = { email: person.email, given_name: person.first, family_name: person.last }
  for (const [name, value] of Object.entries(fields))
    if (value !== undefined) await page.locator(`input[name="${name}"]`).fill(value)
  const here = page.url()
  await visitor.press('Sign in')
  // The next page may be a simulator too.
  await page.waitForURL(({ href }) => href !== here)
}
