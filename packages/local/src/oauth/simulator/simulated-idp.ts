import { Provider } from 'oidc-provider'
import { ssoCallback } from '../../domain/connections/sso-callback.js'
import { reportFailure } from '../../http/report-failure.js'
import { renderErrorPage } from '../server/error-response.js'
import type { OAuthContext } from '../server/oauth-context.js'
import { RecordAdapter } from '../server/record-adapter.js'
import { changeIdTokens } from '../tokens/change-id-tokens.js'
import { findSimulatedPerson, SIMULATOR } from './simulated-person.js'

const MINUTE = 60

/** The issuer of the identity provider that is simulated for a connection. */
export function simulatorIssuer(baseUrl: string, connection: string): string {
  return `${baseUrl}/${SIMULATOR}/${connection}`
}

/**
 * An identity provider of a customer, simulated for one connection: OpenID Connect with a code and PKCE, where
 * a tester says who they are. Its one client is the connection; its keys are none of any environment's.
 */
export async function createSimulatedIdp(
  context: OAuthContext,
  connection: { id: string; environment_id: string },
): Promise<Provider> {
  const issuer = simulatorIssuer(context.baseUrl, connection.id)
  const { pathname: path, port } = new URL(issuer)
  const { privateJwks } = await context.keys.of(SIMULATOR)
  const provider = new Provider(issuer, {
    adapter: (model) => new RecordAdapter(context, { realm: path.slice(1), server: path.slice(1) }, model),
    clients: [
      {
        client_id: connection.id,
        token_endpoint_auth_method: 'none',
        redirect_uris: [ssoCallback(context.baseUrl, connection)],
        response_types: ['code'],
        grant_types: ['authorization_code'],
      },
    ],
    jwks: { keys: privateJwks },
    cookies: {
      names: { session: `idp_${port}`, interaction: 'interaction', resume: 'interaction_resume' },
      long: { httpOnly: true, sameSite: 'lax', path, signed: false },
      short: { httpOnly: true, sameSite: 'lax', signed: false },
    },
    claims: {
      openid: ['sub'],
      profile: ['name', 'given_name', 'family_name', 'groups'],
      email: ['email', 'email_verified'],
    },
    responseTypes: ['code'],
    pkce: { required: () => true },
    // The claims are in the ID token, where most identity providers of companies put them.
    conformIdTokenClaims: false,
    async findAccount(_ctx, sub) {
      const person = await findSimulatedPerson(context, connection.id, sub)
      if (person === undefined) return undefined
      const name = [person.given_name, person.family_name].filter(Boolean).join(' ') || person.email
      const { custom, ...claims } = person
      return { accountId: sub, claims: () => ({ sub, name, email_verified: true, ...claims }) }
    },
    // Whoever signs in here wants to: nothing else is asked.
    async loadExistingGrant({ oidc }) {
      const { session, client, params } = oidc
      if (session?.accountId === undefined || client === undefined) return undefined
      const grant = new oidc.provider.Grant({ accountId: session.accountId, clientId: client.clientId })
      grant.addOIDCScope(String(params?.scope ?? ''))
      await grant.save()
      return grant
    },
    interactions: { url: (_ctx, { uid }) => `${path}/interaction/${uid}` },
    renderError: renderErrorPage,
    ttl: {
      AccessToken: 5 * MINUTE,
      AuthorizationCode: MINUTE,
      Grant: 10 * MINUTE,
      IdToken: 5 * MINUTE,
      Interaction: 10 * MINUTE,
      Session: 60 * MINUTE,
    },
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: false } },
  })
  changeIdTokens(provider, context, SIMULATOR, async (claims) => {
    const person = await findSimulatedPerson(context, connection.id, claims.sub ?? '')
    return { ...person?.custom, ...claims }
  })
  provider.on('server_error', (_ctx, error) => reportFailure(error))
  return provider
}
