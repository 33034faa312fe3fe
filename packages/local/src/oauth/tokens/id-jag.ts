import { decodeProtectedHeader, errors as joseErrors, jwtVerify } from 'jose'
import { errors, type Provider } from 'oidc-provider'
import { z } from 'zod'
import { ID_JAG_GRANT } from '../../domain/clients/client-grants.js'
import { tokenSettings } from '../../domain/clients/token-settings.js'
import { partitionOf, realmExists, realmOfIssuer, resourceIssuer } from '../../domain/environments/realm.js'
import { grantableScopes } from '../../domain/resources/granting.js'
import { isIndicatorOf, type Resource } from '../../domain/resources/resources.js'
import { splitScope } from '../../domain/resources/scopes.js'
import { causesOf } from '../../domain/sessions/dependents.js'
import { resourceClaims } from '../../domain/tokens/issue-token.js'
import { isRevoked } from '../../domain/tokens/revoked-tokens.js'
import { claimedIssuer } from '../../domain/tokens/verify-token.js'
import { findPerson } from '../../domain/users/people.js'
import { SIGNING_ALGORITHM } from '../../storage/keys.js'
import type { OAuthContext } from '../server/oauth-context.js'

export const ID_JAG_JWT_TYPE = 'oauth-id-jag+jwt'

const Assertion = z.object({
  iss: z.string(),
  sub: z.string(),
  email: z.email().optional(),
  client_id: z.string(),
  jti: z.string().min(1).max(200),
  exp: z.number(),
  resource: z.string().optional(),
  scope: z.string().optional(),
})

/** How far ahead an assertion may expire: longer ones would have to be remembered longer. */
const LONGEST_LIFE = 3600

/**
 * The identity assertion grant (draft-ietf-oauth-identity-assertion-authz-grant, section 5; RFC 7523): another
 * realm of this local environment says who the user is, and the user needs no consent of their own, because
 * the administrator gave it by switching `xaa_enabled` on for the MCP server.
 */
export function registerIdJag(provider: Provider, context: OAuthContext, resource: Resource): void {
  provider.registerGrantType<{ assertion?: string; scope?: string; resource?: string }>(
    ID_JAG_GRANT,
    async (ctx) => {
      const { params, client } = ctx.oidc
      if (!resource.settings.xaa_enabled) {
        throw new errors.UnauthorizedClient(
          'cross-app access is off for this MCP server: set xaa_enabled to true',
        )
      }
      if (params.assertion === undefined) throw new errors.InvalidRequest('assertion is missing')
      const assertion = await verifyAssertion(context, resource, params.assertion)
      if (assertion.client_id !== client.clientId)
        throw new errors.InvalidGrant('the assertion is for another client')
      for (const indicator of [assertion.resource, params.resource].flat()) {
        if (indicator !== undefined && !isIndicatorOf(resource, indicator)) throw new errors.InvalidTarget()
      }
      const person = await findPerson(context.database, resource.realm, assertion.email ?? assertion.sub)
      if (person === undefined) throw new errors.InvalidGrant('the user of the assertion is unknown here')
      const { scopes: registered } = await tokenSettings(
        context.database,
        partitionOf({ realm: resource.realm, resource }),
        client.clientId,
      )
      const asked = params.scope ?? assertion.scope
      const grantable = grantableScopes(resource, { registered, person })
      const scope = splitScope(asked ?? resource.scopes.join(' '))
        .filter((one) => grantable.includes(one))
        .join(' ')
      await redeemOnce(context, resource.realm, assertion)
      const lifetime = resource.settings.access_token_expiry
      ctx.body = {
        access_token: await context.tokens.issue(resource.realm, {
          ...resourceClaims(context.baseUrl, resource),
          sub: person.id,
          client_id: client.clientId,
          scope,
          lifetime,
          endsWith: await causesOf(context.database.db, assertion.jti),
          extra: person.organization === undefined ? {} : { oid: person.organization.id },
        }),
        token_type: 'Bearer',
        expires_in: lifetime,
        scope,
      }
    },
    ['assertion', 'scope', 'resource'],
    ['resource'],
  )
}

async function verifyAssertion(context: OAuthContext, resource: Resource, assertion: string) {
  const realm = realmOfIssuer(context.baseUrl, claimedIssuer(assertion) ?? '')
  if (realm === undefined || realm === resource.realm || !(await realmExists(context.database, realm))) {
    throw new errors.InvalidGrant('the issuer of the assertion is not trusted')
  }
  const keys = await context.keys.of(realm)
  try {
    const key = keys.publicKey(decodeProtectedHeader(assertion).kid ?? '')
    if (key === undefined) throw new joseErrors.JWKSNoMatchingKey()
    const { payload } = await jwtVerify(assertion, key, {
      algorithms: [SIGNING_ALGORITHM],
      typ: ID_JAG_JWT_TYPE,
      audience: resourceIssuer(context.baseUrl, resource.realm, resource.id),
      currentDate: new Date(context.clock.now()),
      requiredClaims: ['exp', 'jti', 'sub', 'client_id'],
    })
    const claims = Assertion.parse(payload)
    if (claims.exp * 1000 > context.clock.now() + LONGEST_LIFE * 1000)
      throw new errors.InvalidGrant('it lives too long')
    if (await isRevoked(context.database, realm, claims.jti))
      throw new errors.InvalidGrant('the sign-in that the assertion came from has ended')
    return claims
  } catch (cause) {
    if (cause instanceof joseErrors.JOSEError || cause instanceof z.ZodError)
      throw new errors.InvalidGrant({ cause })
    throw cause
  }
}

/** RFC 7523, section 3, item 7: the primary key refuses a second use, in any process. */
async function redeemOnce(
  context: OAuthContext,
  realm: string,
  assertion: { iss: string; jti: string; exp: number },
): Promise<void> {
  const { numInsertedOrUpdatedRows } = await context.database.db
    .insertInto('used_assertions')
    .values({ realm, issuer: assertion.iss, jti: assertion.jti, expires_at: assertion.exp * 1000 })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  if (numInsertedOrUpdatedRows !== 1n) throw new errors.InvalidGrant('the assertion was used before')
}
