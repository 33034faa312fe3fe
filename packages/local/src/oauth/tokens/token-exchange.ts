import { errors, type Provider } from 'oidc-provider'
import { TOKEN_EXCHANGE_GRANT } from '../../domain/clients/client-grants.js'
import { realmIssuer } from '../../domain/environments/realm.js'
import { listResources } from '../../domain/resources/resources.js'
import { splitScope } from '../../domain/resources/scopes.js'
import { causesOf } from '../../domain/sessions/dependents.js'
import { type AccessTokenClaims, audiences } from '../../domain/tokens/verify-token.js'
import { findPerson } from '../../domain/users/people.js'
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
 * servers into one for the realm's management API, for the same subject and no more rights. The MCP server
 * never sends its caller's token on. With `requested_token_type` ID-JAG, an identity token becomes an
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
      checkTarget(context, realm, params)
      const scope = narrowed(params.scope, subject.scope)
      const issuer = realmIssuer(context.baseUrl, realm)
      const lifetime = Math.min(LIFETIME, subject.exp - seconds(context.clock))
      const { sid, oid } = subject
      ctx.body = {
        access_token: await context.tokens.issue(realm, {
          iss: issuer,
          aud: [issuer],
          sub: subject.sub,
          client_id: client.clientId,
          scope,
          lifetime,
          endsWith: await causesOf(context.database.db, subject.jti),
          extra: { act: { sub: client.clientId }, ...(sid ? { sid } : {}), ...(oid ? { oid } : {}) },
        }),
        issued_token_type: ACCESS_TOKEN_TYPE,
        token_type: 'Bearer',
        expires_in: lifetime,
        scope,
      }
    },
    PARAMETERS,
  )
}

/** Section 2.1: the subject token, which must be ours, valid, for an MCP server of this realm, and of a person who still exists. */
async function subjectOf(
  context: OAuthContext,
  realm: string,
  params: ExchangeParams,
): Promise<AccessTokenClaims> {
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
  const forResource = known.some((resource) => audiences(subject).includes(resource.id))
  if (!forResource)
    throw new errors.InvalidRequest('subject_token was not issued for an MCP server of this issuer')
  if ((await findPerson(context.database, realm, subject.sub)) === undefined) {
    throw new errors.InvalidRequest('the subject of subject_token is not a person of this issuer')
  }
  return subject
}

/** The one target is the realm's management API (RFC 8707, section 2: anything else is invalid_target). */
function checkTarget(context: OAuthContext, realm: string, params: ExchangeParams): void {
  const issuer = realmIssuer(context.baseUrl, realm)
  const targets = [params.audience, params.resource].flat().filter((target) => target !== undefined)
  if (!targets.every((target) => target === issuer)) {
    throw new errors.InvalidTarget(`the only audience of an exchanged token is ${issuer}`)
  }
}

function narrowed(requested: string | undefined, granted: string): string {
  if (requested === undefined) return granted
  const allowed = splitScope(granted)
  const beyond = splitScope(requested).filter((scope) => !allowed.includes(scope))
  if (beyond.length > 0)
    throw new errors.InvalidScope('the subject token does not have this scope', beyond.join(' '))
  return splitScope(requested).join(' ')
}
