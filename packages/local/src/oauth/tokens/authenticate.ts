import { realmIssuer, realmOfIssuer, WORKSPACE } from '../../domain/environments/realm.js'
import { isWriteScope, splitScope } from '../../domain/resources/scopes.js'
import type { Authenticate, Principal } from '../../domain/tokens/principal.js'
import { type AccessTokenClaims, audiences, claimedIssuer } from '../../domain/tokens/verify-token.js'
import { findPerson, organizationOf } from '../../domain/users/people.js'
import type { OAuthContext } from '../server/oauth-context.js'

/**
 * Who calls the management API: the bearer of one of our tokens whose only audience is the API of the realm that
 * issued it (RFC 9068, section 4). A token for an MCP server or an application is refused; the MCP server exchanges
 * it first.
 */
export function createAuthenticate(context: OAuthContext): Authenticate {
  return async (authorization) => {
    const token = /^Bearer ([^\s]+)$/i.exec(authorization ?? '')?.[1]
    if (token === undefined) return undefined
    const realm = realmOfIssuer(context.baseUrl, claimedIssuer(token) ?? '')
    if (realm === undefined) return undefined
    const claims = await context.verifier.verify(realm, token)
    const [audience, ...others] = claims === undefined ? [] : audiences(claims)
    if (claims === undefined || audience !== realmIssuer(context.baseUrl, realm) || others.length > 0)
      return undefined
    return principal(context, realm, claims)
  }
}

async function principal(
  context: OAuthContext,
  realm: string,
  claims: AccessTokenClaims,
): Promise<Principal | undefined> {
  if (claims.sub === claims.client_id) {
    const client = await context.database.db
      .selectFrom('clients')
      .select('id')
      .where('id', '=', claims.sub)
      .where('realm', '=', realm)
      .executeTakeFirst()
    return client && { kind: 'client', realm, clientId: client.id }
  }
  const organization = organizationOf(claims)
  const person = await findPerson(context.database, realm, claims.sub, organization)
  if (person === undefined) return undefined
  if (realm !== WORKSPACE) {
    const { permissions = [] } = person.organization ?? {}
    const sessionId = typeof claims.sid === 'string' ? claims.sid : undefined
    return { kind: 'session', realm, userId: person.id, organization, sessionId, permissions }
  }
  // A token that was granted no write scope reads, whatever its subject may do elsewhere.
  const writes = splitScope(claims.scope).some(isWriteScope)
  return { kind: 'member', memberId: person.id, role: writes && person.role === 'ADMIN' ? 'ADMIN' : 'USER' }
}
