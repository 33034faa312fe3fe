import type { Environment } from './environment.js'

/** The identity provider simulator, which needs no settings. */
export const SIMULATOR = { type: 'OIDC', provider: 'IDP_SIMULATOR' } as const

/** A connection of an organization, as a developer creates, configures and enables it with the API. */
export async function connectOrganization(
  environment: Pick<Environment, 'api'>,
  organization: string,
  settings: { type: 'OIDC' | 'SAML'; provider: string; [name: string]: unknown },
): Promise<string> {
  const path = `/organizations/${organization}/connections`
  const { type, provider } = settings
  const { connection } = await environment.api<{ connection: { id: string } }>('POST', path, {
    type,
    provider,
  })
  if (Object.keys(settings).length > 2) await environment.api('PATCH', `${path}/${connection.id}`, settings)
  await environment.api('PATCH', `${path}/${connection.id}:enable`)
  return connection.id
}
