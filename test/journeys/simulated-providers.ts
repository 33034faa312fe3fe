import type { Environment } from './environment.js'
import type { Visitor } from './visitor.js'

/** Connects an organization to the simulator of an identity provider, and enables that; returns the connection's ID. */
export async function connectSimulator({ api }: Environment, organization: string): Promise<string> {
  const path = `/organizations/${organization}/connections`
  const { connection } = await api<{ connection: { id: string } }>('POST', path, {
    ...{ type: 'OIDC', provider: 'IDP_SIMULATOR' },
  })
  await api('PATCH', `${path}/${connection.id}:enable`)
  return connection.id
}

/** Allows everybody to sign in through a social provider, with Scalekit's own credentials; returns the connection's ID. */
export async function connectSocial({ api }: Environment, provider: string): Promise<string> {
  const kind = { type: 'OAUTH', provider }
  const { connection } = await api<{ connection: { id: string } }>('POST', '/connections', kind)
  await api('PATCH', `/connections/${connection.id}`, { ...kind, oauth_config: { use_platform_creds: true } })
  await api('PATCH', `/connections/${connection.id}:enable`)
  return connection.id
}

/** Signs in at the simulator of an identity provider. */
export async function signInAtSimulator(
  visitor: Visitor,
  person: { email?: string; first?: string; last?: string },
): Promise<void> {
  await visitor.page.getByRole('heading', { name: 'Identity provider simulator' }).waitFor()
  const fields = { email: person.email, given_name: person.first, family_name: person.last }
  for (const [name, value] of Object.entries(fields))
    if (value !== undefined) await visitor.page.locator(`input[name="${name}"]`).fill(value)
  await visitor.press('Sign in')
}
