import { decodeProtectedHeader, errors as joseErrors, jwtVerify, SignJWT } from 'jose'
import { type Client, errors } from 'oidc-provider'
import { z } from 'zod'
import { realmIssuer } from '../../domain/environments/realm.js'
import { causesIn, recordDependent } from '../../domain/sessions/dependents.js'
import { isLiveSession } from '../../domain/sessions/live-sessions.js'
import { findPerson } from '../../domain/users/people.js'
import { seconds } from '../../storage/clock.js'
import { newId } from '../../storage/ids.js'
import { SIGNING_ALGORITHM } from '../../storage/keys.js'
import type { OAuthContext } from '../server/oauth-context.js'
import { ID_JAG_JWT_TYPE } from './id-jag.js'
import { ID_JAG_TYPE, ID_TOKEN_TYPE } from './token-types.js'

const LIFETIME = 300

const ClientData = z.object({ cross_app_clients: z.record(z.string(), z.string()).catch({}) })

interface IdJagParams {
  subject_token?: string
  subject_token_type?: string
  audience?: string
  resource?: string
  scope?: string
}

/**
 * Issues an identity assertion (draft-ietf-oauth-identity-assertion-authz-grant, section 4): the realm, as
 * the identity provider, asserts to the authorization server in `audience` who the user of the ID token is.
 */
export async function issueIdJag(
  context: OAuthContext,
  realm: string,
  client: Client,
  params: IdJagParams,
): Promise<Record<string, unknown>> {
  if (params.subject_token === undefined || params.subject_token_type !== ID_TOKEN_TYPE) {
    throw new errors.InvalidRequest(
      `an ID-JAG needs a subject_token with subject_token_type ${ID_TOKEN_TYPE}`,
    )
  }
  if (params.audience === undefined || !URL.canParse(params.audience)) {
    throw new errors.InvalidRequest(
      'audience must be the issuer of the authorization server that will receive the ID-JAG',
    )
  }
  const { sub, sid } = await signedIn(context, realm, client, params.subject_token)
  const person = await findPerson(context.database, realm, sub)
  if (person === undefined)
    throw new errors.InvalidRequest('the subject of subject_token is not a person of this issuer')
  const key = await context.keys.of(realm)
  const now = seconds(context.clock)
  const jti = newId('jag')
  const dependent = { realm, kind: 'token', id: jti, expires_at: (now + LIFETIME) * 1000 } as const
  await recordDependent(context.database.db, dependent, causesIn({ sub, sid, client_id: client.clientId }))
  const assertion = await new SignJWT({
    iss: realmIssuer(context.baseUrl, realm),
    aud: params.audience,
    sub: person.id,
    email: person.email,
    client_id: await clientAt(context, client.clientId, params.audience),
    ...(params.resource === undefined ? {} : { resource: params.resource }),
    ...(params.scope === undefined ? {} : { scope: params.scope }),
    jti,
    iat: now,
    exp: now + LIFETIME,
  })
    .setProtectedHeader({ alg: SIGNING_ALGORITHM, typ: ID_JAG_JWT_TYPE, kid: key.kid })
    .sign(key.privateKey)
  return { access_token: assertion, issued_token_type: ID_JAG_TYPE, token_type: 'N_A', expires_in: LIFETIME }
}

/**
 * The client's identifier at the authorization server that receives the assertion. An identity provider is
 * told this when the two are connected: here in the client's `cross_app_clients`, by the id of the MCP server.
 */
async function clientAt(context: OAuthContext, clientId: string, audience: string): Promise<string> {
  const row = await context.database.db
    .selectFrom('clients')
    .select('data')
    .where('id', '=', clientId)
    .executeTakeFirst()
  const { cross_app_clients } = ClientData.parse(JSON.parse(row?.data ?? '{}'))
  return cross_app_clients[audience.split('/').at(-1) ?? ''] ?? clientId
}

/** Whom an ID token that this realm issued to this same client is about, and the session that it came from. */
async function signedIn(
  context: OAuthContext,
  realm: string,
  client: Client,
  idToken: string,
): Promise<{ sub: string; sid: string }> {
  const keys = await context.keys.of(realm)
  try {
    const key = keys.publicKey(decodeProtectedHeader(idToken).kid ?? '')
    if (key === undefined) throw new joseErrors.JWKSNoMatchingKey()
    const { payload } = await jwtVerify(idToken, key, {
      algorithms: [SIGNING_ALGORITHM],
      issuer: realmIssuer(context.baseUrl, realm),
      audience: client.clientId,
      currentDate: new Date(context.clock.now()),
      requiredClaims: ['exp', 'sub', 'sid'],
    })
    // An access token names its type; an ID token does not (RFC 9068, section 2.1).
    const { sub, sid } = payload
    const isIdToken = decodeProtectedHeader(idToken).typ === undefined
    if (isIdToken && typeof sub === 'string' && typeof sid === 'string') {
      if (await isLiveSession(context.database.db, context.clock, sid)) return { sub, sid }
      throw new errors.InvalidRequest('the session of subject_token has ended')
    }
  } catch (cause) {
    // What is no JWT at all is a TypeError of jose.
    if (!(cause instanceof joseErrors.JOSEError || cause instanceof TypeError)) throw cause
    throw new errors.InvalidRequest('subject_token is not a valid ID token of this client', undefined, {
      cause,
    })
  }
  throw new errors.InvalidRequest('subject_token is not an ID token')
}
