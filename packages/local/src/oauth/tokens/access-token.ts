import { type Configuration, errors } from 'oidc-provider'
import { tokenSettings } from '../../domain/clients/token-settings.js'
import { partitionOf, realmIssuer } from '../../domain/environments/realm.js'
import { grantableScopes } from '../../domain/resources/granting.js'
import type { Resource } from '../../domain/resources/resources.js'
import { mayGrant, splitScope } from '../../domain/resources/scopes.js'
import { sessionId } from '../../domain/sessions/session-id.js'
import { resourceClaims } from '../../domain/tokens/issue-token.js'
import { noteToken } from '../../domain/tokens/note-token.js'
import { findPerson } from '../../domain/users/people.js'
import { secondsAhead } from '../../storage/clock.js'
import { newId } from '../../storage/ids.js'
import type { ServerIdentity } from '../server/oauth-context.js'
import { shiftTimes } from '../server/shift-times.js'
import { actingOrganizations } from '../sign-in/acting-organization.js'
import { addedClaims, asCustomClaims } from '../sign-in/added-claims.js'
import { askBeforeMachineToken } from './before-machine-token.js'
import { findIndicated } from './resource-indicators.js'

type CustomizeJwt = NonNullable<NonNullable<NonNullable<Configuration['formats']>['customizers']>['jwt']>
type Token = Parameters<CustomizeJwt>[1]
type PersonToken = Extract<Token, { kind: 'AccessToken' }>

/**
 * Shapes an access token as Scalekit's look: issuer and audience of the realm or resource, `scope` as text
 * and as a list, `nbf`, the session, and whom the subject acts for. Notes what the token ends with.
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
  const payload = {
    ...own.custom,
    ...jwt.payload,
    ...target,
    ...own.claims,
    ...{ jti, iat, nbf: iat, exp, scope, scopes: splitScope(scope) },
  }
  jwt.payload = payload
  const grant = token.kind === 'AccessToken' ? ([`grant:${token.grantId}`] as const) : []
  await noteToken(context.database.db, realm, payload, grant)
}

interface OwnClaims {
  custom?: Record<string, unknown>
  audience?: string[]
  claims: Record<string, unknown>
}

async function personClaims(
  server: ServerIdentity,
  token: PersonToken,
  resource: Resource | undefined,
): Promise<OwnClaims> {
  const { context, realm } = server
  const acting = await actingOrganizations(context, realm).get(token.grantId)
  const person = await findPerson(context.database, realm, token.accountId, acting)
  if (person === undefined || (acting !== undefined && person.organization === undefined))
    throw new errors.InvalidGrant('the user does not belong to the organization any more')
  // A role may have changed since the consent: a refresh leaves out the scopes that the person can no longer grant.
  const settings = await tokenSettings(context.database, partitionOf(server), token.clientId ?? '')
  const grantable = resource && grantableScopes(resource, { registered: settings.scopes, person })
  token.scope = splitScope(token.scope)
    .filter((scope) => grantable?.includes(scope) ?? mayGrant(person, scope))
    .join(' ')
  const { organization } = person
  return {
    custom: settings.customClaims,
    claims: {
      ...(token.sessionUid === undefined ? {} : { sid: sessionId(token.sessionUid) }),
      ...(organization && { oid: organization.id }),
      ...asCustomClaims(await addedClaims(context, realm).of(token.grantId)),
      ...(resource === undefined && {
        ...(organization && { roles: organization.roles, permissions: organization.permissions }),
        ...(organization && organization.externalId !== null && { xoid: organization.externalId }),
        ...(person.externalId !== undefined && { xuid: person.externalId }),
      }),
    },
  }
}

async function machineClaims(
  server: ServerIdentity,
  token: Exclude<Token, PersonToken>,
  resource: Resource | undefined,
): Promise<OwnClaims> {
  const { context, realm, issuer } = server
  const settings = await tokenSettings(context.database, partitionOf(server), token.clientId ?? '')
  const { machine, scopes, customClaims } = settings
  // RFC 6749, section 3.3: a client that asks for no scope gets those that it is registered with. Environment
  // credentials without any get openid, as live.
  const own = resource ? grantableScopes(resource, { registered: scopes }) : scopes
  if (machine === undefined) {
    if (resource === undefined) token.scope ||= (own ?? ['openid']).join(' ')
    return { custom: customClaims, claims: {} }
  }
  token.scope ||= (own ?? []).join(' ')
  const { scope, aud, ...added } = await askBeforeMachineToken(context, realm, machine, token.scope)
  if (typeof scope === 'string') token.scope = splitScope(scope).join(' ')
  const { organizationId } = machine
  const audience = [texts(aud), machine.audience, [issuer]].find((names) => names.length > 0) ?? []
  return {
    custom: { ...customClaims, ...added },
    claims: organizationId === null ? {} : { oid: organizationId },
    audience,
  }
}

function texts(value: unknown): string[] {
  return [value].flat().filter((one) => typeof one === 'string')
}
