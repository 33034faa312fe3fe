import { createHash } from 'node:crypto'
import type { Configuration } from 'oidc-provider'
import { secondsAhead } from '../engine/clock.js'
import { newId } from '../engine/ids.js'
import { actingOrganizations } from './acting-organization.js'
import { askBeforeMachineToken } from './before-machine-token.js'
import { resourceClaims } from './issue-token.js'
import { findM2mClient, m2mClaims } from './m2m-clients.js'
import type { ServerIdentity } from './oauth-context.js'
import { findPerson } from './people.js'
import { partitionOf, realmIssuer } from './realm.js'
import { findIndicated, grantableScopes } from './resource-indicators.js'
import type { Resource } from './resources.js'
import { recordIssuedToken } from './revoked-tokens.js'
import { mayGrant, splitScope } from './scopes.js'
import { shiftTimes } from './shift-times.js'

type CustomizeJwt = NonNullable<NonNullable<NonNullable<Configuration['formats']>['customizers']>['jwt']>
type Token = Parameters<CustomizeJwt>[1]
type PersonToken = Extract<Token, { kind: 'AccessToken' }>

/**
 * Shapes an access token as Scalekit's look: issuer and audience of the realm or resource, `scope` as text
 * and as a list, `nbf`, the session, and whom the subject acts for. Notes which grant it came from.
 */
export async function customizeAccessToken(
  server: ServerIdentity,
  ...[_ctx, token, jwt]: Parameters<CustomizeJwt>
): Promise<void> {
  const { context, realm } = server
  const resource = await findIndicated(server, token.resourceServer?.identifier() ?? server.issuer)
  const own =
    token.kind === 'AccessToken'
      ? await personClaims(server, token, resource)
      : await machineClaims(server, token, resource)
  const target =
    resource === undefined
      ? { iss: realmIssuer(context.baseUrl, realm), aud: own.audience ?? [token.aud].flat() }
      : resourceClaims(context.baseUrl, resource)
  const { iat = 0, exp = 0 } = shiftTimes(jwt.payload, secondsAhead(context.clock)) as {
    iat?: number
    exp?: number
  }
  const { scope = '' } = token
  const jti = newId('tkn')
  jwt.payload = {
    ...own.custom,
    ...jwt.payload,
    ...target,
    ...own.claims,
    ...{ jti, iat, nbf: iat, exp, scope, scopes: splitScope(scope) },
  }
  if (token.kind === 'AccessToken') {
    await recordIssuedToken(context.database, { realm, jti, grantId: token.grantId, expiresAt: exp * 1000 })
  }
}

interface OwnClaims {
  custom?: Record<string, unknown>
  audience?: string[]
  claims: Record<string, unknown>
}

async function personClaims(
  { context, realm }: ServerIdentity,
  token: PersonToken,
  resource: Resource | undefined,
): Promise<OwnClaims> {
  const acting = await actingOrganizations(context, realm).get(token.grantId)
  const person = await findPerson(context.database, realm, token.accountId, acting)
  // A role may have changed since the consent: what the person may no longer grant, a refresh no longer gives.
  token.scope = splitScope(token.scope)
    .filter((scope) => person !== undefined && mayGrant(person, scope))
    .join(' ')
  const organization = person?.organization
  return {
    claims: {
      ...(token.sessionUid === undefined ? {} : { sid: sessionId(token.sessionUid) }),
      ...(organization && { oid: organization.id }),
      ...(organization &&
        resource === undefined && { roles: organization.roles, permissions: organization.permissions }),
    },
  }
}

async function machineClaims(
  server: ServerIdentity,
  token: Exclude<Token, PersonToken>,
  resource: Resource | undefined,
): Promise<OwnClaims> {
  const { context, realm, issuer } = server
  const machine = await findM2mClient(context.database, partitionOf(server), token.clientId ?? '')
  if (machine === undefined) {
    // Environment credentials that ask for no scope get openid, as live.
    if (resource === undefined) token.scope ||= 'openid'
    return { claims: {} }
  }
  // RFC 6749, section 3.3: a client that asks for no scope gets those that it is registered with.
  token.scope ||= (resource === undefined ? machine.scopes : grantableScopes(resource, machine)).join(' ')
  const added = await askBeforeMachineToken(context, realm, machine, token.scope)
  const { custom, claims } = m2mClaims(machine)
  const audience = machine.audience.length > 0 ? machine.audience : [issuer]
  return { custom: { ...custom, ...added }, claims, audience }
}

/** oidc-provider's name of a session, as an id in Scalekit's form: the same one for every token of the session. */
export function sessionId(uid: string): string {
  const digits = createHash('sha256').update(uid).digest().readBigUInt64BE() % 10n ** 18n
  return `ses_${String(digits).padStart(18, '0')}`
}
