import type { Grant, KoaContextWithOIDC } from 'oidc-provider'
import { recordDependent, userCauses } from '../../domain/sessions/dependents.js'
import { deviceOf } from '../../domain/sessions/device.js'
import { sessionId } from '../../domain/sessions/session-id.js'
import { recordUse } from '../../domain/sessions/session-uses.js'
import { noteLogin } from '../../domain/users/note-login.js'
import { isScalekitClient } from '../clients/scalekit-clients.js'
import { GRANT_SECONDS, SESSION_SECONDS } from '../server/lifetimes.js'
import type { ServerIdentity } from '../server/oauth-context.js'
import { actingOrganizations } from './acting-organization.js'
import { AddedClaims, addedClaims } from './added-claims.js'

/**
 * The grant of an authorization request. Records that the grant ends with its session, user, client and organization,
 * and that the session ends with its user and with the membership of each organization that it was used for.
 */
export async function loadExistingGrant(
  ctx: KoaContextWithOIDC,
  server: ServerIdentity,
): Promise<Grant | undefined> {
  const { session, result, params } = ctx.oidc
  const { context, realm } = server
  const acting = actingOrganizations(context, realm)
  if (typeof result?.organization === 'string' && session !== undefined)
    await acting.set(session.uid, result.organization)
  else if (await enteredBefore(ctx, server))
    await acting.set(String(session?.uid), String(params?.organization_id))
  const organization = await acting.get(session?.uid)
  const added = addedClaims(context, realm)
  const place = { uid: String(session?.uid), organization }
  if (result?.addedClaims !== undefined) await added.set(place, AddedClaims.parse(result.addedClaims))
  const grant = await findGrant(ctx, server, organization)
  if (session?.accountId === undefined) return grant
  const { db } = context.database
  const causes = userCauses(session.accountId, organization)
  const { uid, accountId: userId } = session
  const use = { client: String(ctx.oidc.client?.clientId), ...(organization && { organization }) }
  const device = deviceOf(ctx.get('user-agent'), ctx.req.socket.remoteAddress)
  await recordUse(db, context.clock, { uid, realm, userId }, use, device)
  // The answer to a consent question repeats the sign-in before it.
  if (result?.login !== undefined && result.consent === undefined)
    await noteLogin(context, realm, uid, { user: userId, organization })
  const sid = sessionId(uid)
  const expires = (seconds: number) => context.clock.now() + seconds * 1000
  await recordDependent(db, { realm, kind: 'session', id: sid, expires_at: expires(SESSION_SECONDS) }, causes)
  if (grant?.jti === undefined) return grant
  await added.handOn(place, grant.jti)
  await recordDependent(db, { realm, kind: 'grant', id: grant.jti, expires_at: expires(GRANT_SECONDS) }, [
    `session:${sid}`,
    `client:${grant.clientId}`,
    ...causes,
  ])
  return grant
}

/** Whether an application of the environment asks for its own users, and not for the use of an MCP server. */
export function isFirstParty(
  { oidc }: KoaContextWithOIDC,
  { issuer }: Pick<ServerIdentity, 'issuer'>,
): boolean {
  const { client, params } = oidc
  return client !== undefined && isScalekitClient(client.clientId) && params?.resource === issuer
}

/** Whether a session was used for the organization that a request asks for, so that it enters it again without a page. */
async function enteredBefore({ oidc }: KoaContextWithOIDC, { context }: ServerIdentity): Promise<boolean> {
  const { session, params } = oidc
  if (session?.accountId === undefined || typeof params?.organization_id !== 'string') return false
  const row = await context.database.db
    .selectFrom('dependents')
    .select('id')
    .where('kind', '=', 'session')
    .where('id', '=', sessionId(session.uid))
    .where('depends_on', '=', `membership:${params.organization_id}/${session.accountId}`)
    .executeTakeFirst()
  return row !== undefined
}

/**
 * An application of the environment itself asks its users to sign in and nothing else, so signing in is the consent;
 * it is valid for who they are, never for an MCP server's scopes. A grant is for the organization in which the
 * person acts: with another one, there is another grant.
 */
async function findGrant(
  ctx: KoaContextWithOIDC,
  { context, realm, issuer }: ServerIdentity,
  organization: string | undefined,
): Promise<Grant | undefined> {
  const { client, session, provider, result, params } = ctx.oidc
  if (client === undefined || session === undefined) return undefined
  const acting = actingOrganizations(context, realm)
  const grantId = result?.consent?.grantId ?? session.grantIdFor(client.clientId)
  const existing = grantId === undefined ? undefined : await provider.Grant.find(grantId)
  if (!isFirstParty(ctx, { issuer }) || session.accountId === undefined) return existing
  const kept =
    existing !== undefined && (await acting.get(existing.jti)) === organization ? existing : undefined
  const grant = kept ?? new provider.Grant({ accountId: session.accountId, clientId: client.clientId })
  const scope = String(params?.scope ?? '')
  grant.addOIDCScope(scope)
  grant.addResourceScope(issuer, scope)
  const id = await grant.save()
  if (organization !== undefined) await acting.set(id, organization)
  return grant
}
