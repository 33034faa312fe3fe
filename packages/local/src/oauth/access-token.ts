import { createHash } from 'node:crypto'
import type { Configuration } from 'oidc-provider'
import { newId } from '../engine/ids.js'
import { resourceClaims } from './issue-token.js'
import type { ServerIdentity } from './oauth-context.js'
import { findPerson } from './people.js'
import { realmIssuer } from './realm.js'
import { findIndicated } from './resource-indicators.js'
import { recordIssuedToken } from './revoked-tokens.js'
import { splitScope } from './scopes.js'

type CustomizeJwt = NonNullable<NonNullable<NonNullable<Configuration['formats']>['customizers']>['jwt']>

/**
 * Shapes an access token as Scalekit's look: issuer and audience of the realm or resource, `scope` as text
 * and as a list, `nbf`, the session, and whom the user acts for. Notes which grant it came from.
 */
export async function customizeAccessToken(
  server: ServerIdentity,
  ...[_ctx, token, jwt]: Parameters<CustomizeJwt>
): Promise<void> {
  const { context, realm } = server
  const indicator = token.resourceServer?.identifier() ?? server.issuer
  const resource = await findIndicated(server, indicator)
  const target =
    resource === undefined
      ? { iss: realmIssuer(context.baseUrl, realm), aud: [token.aud].flat() }
      : resourceClaims(context.baseUrl, resource)
  const jti = newId('tkn')
  const shift = Math.floor((context.clock.now() - Date.now()) / 1000)
  const iat = Number(jwt.payload.iat) + shift
  const exp = Number(jwt.payload.exp) + shift
  // Live environment credentials carry the scope openid when none was asked for.
  const scope = token.scope || (token.kind === 'ClientCredentials' && resource === undefined ? 'openid' : '')
  Object.assign(jwt.payload, target, { jti, iat, nbf: iat, exp, scope, scopes: splitScope(scope) })

  if (token.kind === 'ClientCredentials') return
  Object.assign(
    jwt.payload,
    await sessionClaims(server, token.accountId, token.sessionUid, resource === undefined),
  )
  await recordIssuedToken(context.database, { realm, jti, grantId: token.grantId, expiresAt: exp * 1000 })
}

async function sessionClaims(
  server: ServerIdentity,
  sub: string,
  session: string | undefined,
  signIn: boolean,
) {
  const person = await findPerson(server.context.database, server.realm, sub)
  const organization = person?.organization
  return {
    ...(session === undefined ? {} : { sid: sessionId(session) }),
    ...(organization === undefined ? {} : { oid: organization.id }),
    ...(organization === undefined || !signIn
      ? {}
      : { roles: organization.roles, permissions: organization.permissions }),
  }
}

/** oidc-provider's name of a session, as an id in Scalekit's form: the same one for every token of the session. */
export function sessionId(uid: string): string {
  const digits = createHash('sha256').update(uid).digest().readBigUInt64BE() % 10n ** 18n
  return `ses_${String(digits).padStart(18, '0')}`
}
