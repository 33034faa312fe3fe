import { type Client, errors, type Provider } from 'oidc-provider'
import { TOKEN_EXCHANGE_GRANT } from '../../domain/clients/client-grants.js'
import { tokenSettings } from '../../domain/clients/token-settings.js'
import { partitionOf, realmIssuer } from '../../domain/environments/realm.js'
import { grantableScopes } from '../../domain/resources/granting.js'
import { isIndicatorOf, listResources, type Resource } from '../../domain/resources/resources.js'
import { splitScope } from '../../domain/resources/scopes.js'
import { causesOf } from '../../domain/sessions/dependents.js'
import { resourceClaims, type TokenClaims } from '../../domain/tokens/issue-token.js'
import { type AccessTokenClaims, audiences } from '../../domain/tokens/verify-token.js'
import { findPerson, organizationOf } from '../../domain/users/people.js'
import { seconds } from '../../storage/clock.js'
import type { OAuthContext } from '../server/oauth-context.js'
import { issueIdJag } from './issue-id-jag.js'
import { ACCESS_TOKEN_TYPE, ID_JAG_TYPE } from './token-types.js'

/** The longest life of an exchanged token, in seconds; the subject token's own end comes first if it is nearer. */
const LIFETIME = 3600

interface ExchangeParams {
  subject_token?: string
  subject_token_type?: string
  requested_token_type?: string
  audience?: string
  resource?: string
  scope?: string
  actor_token?: string
}

const PARAMETERS = [
  'subject_token',
  'subject_token_type',
  'requested_token_type',
  'audience',
  'resource',
  'scope',
  'actor_token',
  'actor_token_type',
]

/**
 * Token exchange (RFC 8693): a client of the realm turns a token that was made for one of the realm's MCP
 * servers into one for the realm's management API, for the same subject and no more rights, or into one for another MCP
 * server, where `may_exchange_for` of the first names it. The MCP server never sends its caller's token on. With `requested_token_type` ID-JAG, an identity token becomes an
 * identity assertion for another authorization server.
 */
export function registerTokenExchange(provider: Provider, context: OAuthContext, realm: string): void {
  provider.registerGrantType<ExchangeParams>(
    TOKEN_EXCHANGE_GRANT,
    async (ctx) => {
      const { params, client } = ctx.oidc
      if (params.actor_token !== undefined) throw new errors.InvalidRequest('actor_token is not supported')
      if (params.requested_token_type === ID_JAG_TYPE) {
        ctx.body = await issueIdJag(context, realm, client, params)
        return
      }
      const subject = await subjectOf(context, realm, params)
      const { sid, oid, act } = subject.claims
      const grant = await grantFor(context, realm, client, params, subject)
      const lifetime = Math.min(grant.longest, subject.claims.exp - seconds(context.clock))
      ctx.body = {
        access_token: await context.tokens.issue(realm, {
          ...grant.target,
          sub: subject.claims.sub,
          client_id: client.clientId,
          scope: grant.scope,
          lifetime,
          endsWith: await causesOf(context.database.db, subject.claims.jti),
          extra: {
            // Section 4.1: who acted before is nested.
            act: { sub: client.clientId, ...(act ? { act } : {}) },
            ...(sid ? { sid } : {}),
            ...(oid ? { oid } : {}),
          },
        }),
        issued_token_type: ACCESS_TOKEN_TYPE,
        token_type: 'Bearer',
        expires_in: lifetime,
        scope: grant.scope,
      }
    },
    PARAMETERS,
  )
}

/** A verified subject token, and the MCP servers that it is for. */
interface Subject {
  readonly claims: AccessTokenClaims
  readonly resources: readonly Resource[]
}

/** Section 2.1: the subject token, which must be ours, valid, for an MCP server of this realm, and of a person who still exists. */
async function subjectOf(context: OAuthContext, realm: string, params: ExchangeParams): Promise<Subject> {
  if (params.subject_token === undefined) throw new errors.InvalidRequest('subject_token is missing')
  if (params.subject_token_type !== ACCESS_TOKEN_TYPE) {
    throw new errors.InvalidRequest(`subject_token_type must be ${ACCESS_TOKEN_TYPE}`)
  }
  if (params.requested_token_type !== undefined && params.requested_token_type !== ACCESS_TOKEN_TYPE) {
    throw new errors.InvalidRequest(`requested_token_type must be ${ACCESS_TOKEN_TYPE} or ${ID_JAG_TYPE}`)
  }
  const subject = await context.verifier.verify(realm, params.subject_token)
  if (subject === undefined)
    throw new errors.InvalidRequest('subject_token is not a valid token of this issuer')
  const known = await listResources(context.database, realm)
  const resources = known.filter((resource) => audiences(subject).includes(resource.id))
  if (resources.length === 0)
    throw new errors.InvalidRequest('subject_token was not issued for an MCP server of this issuer')
  if ((await findPerson(context.database, realm, subject.sub)) === undefined) {
    throw new errors.InvalidRequest('the subject of subject_token is not a person of this issuer')
  }
  return { claims: subject, resources }
}

/** What the issued token is for, and what it may do there. */
interface ExchangeGrant {
  readonly target: Pick<TokenClaims, 'iss' | 'aud'>
  readonly scope: string
  /** Seconds. */
  readonly longest: number
}

/** The target is the realm's management API or an MCP server of the realm (RFC 8707, section 2: anything else is invalid_target). */
async function grantFor(
  context: OAuthContext,
  realm: string,
  client: Client,
  params: ExchangeParams,
  subject: Subject,
): Promise<ExchangeGrant> {
  const issuer = realmIssuer(context.baseUrl, realm)
  const targets = [params.audience, params.resource].flat().filter((target) => target !== undefined)
  if (targets.every((target) => target === issuer)) {
    const scope = narrowed(params.scope, splitScope(subject.claims.scope))
    return { target: { iss: issuer, aud: [issuer] }, scope, longest: LIFETIME }
  }
  const known = await listResources(context.database, realm)
  const named = known.find((resource) => targets.every((target) => isIndicatorOf(resource, target)))
  const permitted = subject.resources.flatMap(
    ({ settings }) => settings.may_exchange_for[named?.id ?? ''] ?? [],
  )
  if (named === undefined || permitted.length === 0) {
    throw new errors.InvalidTarget(
      `the audience of an exchanged token is ${issuer}, or an MCP server in may_exchange_for of the one that subject_token is for`,
    )
  }
  const allowed = await grantableOf(context, realm, client, named, subject.claims)
  const scope = narrowed(
    params.scope,
    permitted.filter((each) => allowed.includes(each)),
  )
  const longest = Math.min(LIFETIME, named.settings.access_token_expiry)
  return { target: resourceClaims(context.baseUrl, named), scope, longest }
}

/** The scopes that the subject could grant to this client at an MCP server. */
async function grantableOf(
  context: OAuthContext,
  realm: string,
  client: Client,
  resource: Resource,
  claims: AccessTokenClaims,
): Promise<string[]> {
  const acting = organizationOf(claims)
  const person = await findPerson(context.database, realm, claims.sub, acting)
  if (person === undefined || (acting !== undefined && person.organization === undefined)) {
    throw new errors.InvalidRequest(
      'the subject of subject_token does not belong to the organization any more',
    )
  }
  const partition = partitionOf({ realm, resource: undefined })
  const { scopes: registered } = await tokenSettings(context.database, partition, client.clientId)
  return grantableScopes(resource, { registered, person })
}

function narrowed(requested: string | undefined, granted: readonly string[]): string {
  if (requested === undefined) return granted.join(' ')
  const beyond = splitScope(requested).filter((scope) => !granted.includes(scope))
  if (beyond.length > 0)
    throw new errors.InvalidScope('the exchanged token cannot have this scope', beyond.join(' '))
  return splitScope(requested).join(' ')
}
