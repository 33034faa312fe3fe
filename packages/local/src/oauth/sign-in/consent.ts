import type { Provider } from 'oidc-provider'
import { tokenSettings } from '../../domain/clients/token-settings.js'
import { partitionOf } from '../../domain/environments/realm.js'
import { grantableScopes } from '../../domain/resources/granting.js'
import { IDENTITY_SCOPES, splitScope } from '../../domain/resources/scopes.js'
import type { Person } from '../../domain/users/people.js'
import type { AuthorizationServer } from '../server/authorization-server.js'
import type { OAuthContext } from '../server/oauth-context.js'
import { findIndicated } from '../tokens/resource-indicators.js'

/** What a request asks a person for, and the part that the person can grant. */
export interface ConsentRequest {
  /** What the client wants to use, by name. */
  target: string
  identity: string[]
  resources: { indicator: string; granted: string[]; withheld: string[] }[]
}

/** Reads a request. Scopes that exist nowhere are left out: RFC 6749, section 3.3 lets us grant less than asked. */
export async function readConsentRequest(
  context: OAuthContext,
  server: AuthorizationServer,
  params: { client_id?: unknown; scope?: unknown; resource?: unknown },
  person: Person,
): Promise<ConsentRequest> {
  const asked = splitScope(typeof params.scope === 'string' ? params.scope : undefined)
  const partition = partitionOf(server)
  const { scopes: registered } = await tokenSettings(context.database, partition, String(params.client_id))
  const names: string[] = []
  const resources: ConsentRequest['resources'] = []
  for (const indicator of [params.resource].flat().filter((value) => typeof value === 'string')) {
    const resource = await findIndicated({ ...server, context }, indicator)
    const offered =
      resource === undefined
        ? [...IDENTITY_SCOPES, ...(registered ?? [])]
        : grantableScopes(resource, { registered })
    const own = resource === undefined ? offered : grantableScopes(resource, { registered, person })
    const relevant = asked.filter((scope) => offered.includes(scope))
    if (resource !== undefined) names.push(resource.name)
    resources.push({
      indicator,
      granted: relevant.filter((scope) => own.includes(scope)),
      withheld: relevant.filter((scope) => !own.includes(scope)),
    })
  }
  return {
    target: names.join(', ') || 'your account',
    identity: asked.filter((scope) => IDENTITY_SCOPES.includes(scope)),
    resources,
  }
}

/** Stores what was allowed in a separate grant, so that revoking it affects nothing else. */
export async function saveGrant(
  provider: Provider,
  request: ConsentRequest,
  ids: { accountId: string; clientId: string },
): Promise<string> {
  const grant = new provider.Grant(ids)
  if (request.identity.length > 0) grant.addOIDCScope(request.identity.join(' '))
  for (const { indicator, granted, withheld } of request.resources) {
    if (granted.length > 0) grant.addResourceScope(indicator, granted.join(' '))
    // What is not granted is noted as answered, or the question would come again.
    if (withheld.length > 0) grant.rejectResourceScope(indicator, withheld.join(' '))
  }
  return grant.save()
}
