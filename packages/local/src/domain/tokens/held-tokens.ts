import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { Clock } from '../../storage/clock.js'
import type { Schema, TokenClaimsRow } from '../../storage/schema.js'
import { endGrant, endSession } from '../sessions/end.js'
import { liveSessions } from '../sessions/live-sessions.js'
import type { DataStore } from '../store.js'
import { revokeToken } from './revoked-tokens.js'

type Db = Kysely<Schema>

/** `access`: a JWT that was issued. `refresh`: what a client gets the next one with. `session`: a browser that is signed in. */
export type TokenKind = 'access' | 'refresh' | 'session' | 'api'

/** What somebody holds that opens something here: never the token. Times are milliseconds. */
export interface HeldToken {
  readonly kind: TokenKind
  readonly id: string
  readonly realm: string
  /** Whom it stands for: a person or a client. */
  readonly subject: string | undefined
  readonly client: string | undefined
  readonly issuedAt: number
  /** Undefined: it does not end by itself. */
  readonly expiresAt: number | undefined
  readonly state: 'active' | 'expired' | 'revoked' | 'used'
  /** What a JWT says. */
  readonly claims?: Readonly<Record<string, unknown>>
}

const Refresh = z.looseObject({
  accountId: z.string().optional(),
  clientId: z.string().optional(),
  iat: z.number().default(0),
})

/** Access tokens that have not expired for long, the latest first: `limit` of them after the first `skip`. */
export async function listAccessTokens(
  { database: { db }, clock }: DataStore,
  { skip, limit }: { skip: number; limit: number },
): Promise<{ tokens: HeldToken[]; total: number }> {
  const { total } = await db
    .selectFrom('token_claims')
    .select(({ fn }) => fn.countAll().as('total'))
    .executeTakeFirstOrThrow()
  const rows = await accessTokens(db)
    .orderBy('issued_at', 'desc')
    .orderBy('token_claims.jti', 'desc')
    .offset(skip)
    .limit(limit)
    .execute()
  return { tokens: rows.map((row) => toAccessToken(row, clock)), total: Number(total) }
}

/** An access token by its `jti`. */
export async function findAccessToken(
  { database: { db }, clock }: DataStore,
  jti: string,
): Promise<HeldToken | undefined> {
  const row = await accessTokens(db).where('token_claims.jti', '=', jti).executeTakeFirst()
  return row && toAccessToken(row, clock)
}

function accessTokens(db: Db) {
  return db
    .selectFrom('token_claims')
    .leftJoin('revoked_tokens', (join) =>
      join
        .onRef('revoked_tokens.jti', '=', 'token_claims.jti')
        .onRef('revoked_tokens.realm', '=', 'token_claims.realm'),
    )
    .selectAll('token_claims')
    .select('revoked_tokens.jti as revoked')
}

function toAccessToken(row: TokenClaimsRow & { revoked: string | null }, clock: Clock): HeldToken {
  const claims = JSON.parse(row.claims) as Record<string, unknown>
  const text = (name: string) => (typeof claims[name] === 'string' ? claims[name] : undefined)
  const expiresAt = Number(row.expires_at)
  return {
    ...{ kind: 'access', id: row.jti, realm: row.realm, claims },
    ...{ subject: text('sub'), client: text('client_id'), issuedAt: Number(row.issued_at), expiresAt },
    state: row.revoked !== null ? 'revoked' : expiresAt <= clock.now() ? 'expired' : 'active',
  }
}

/** Refresh tokens that were redeemed or can be, by the hashes under which they are kept; the latest first. */
export async function listRefreshTokens({ database: { db }, clock }: DataStore): Promise<HeldToken[]> {
  const rows = await db.selectFrom('oidc_records').selectAll().where('model', '=', 'RefreshToken').execute()
  return rows
    .map(({ realm, id_hash, payload, consumed_at, expires_at }): HeldToken => {
      const { accountId, clientId, iat } = Refresh.parse(JSON.parse(payload))
      const expiresAt = expires_at === null ? undefined : Number(expires_at)
      const isExpired = expiresAt !== undefined && expiresAt <= clock.now()
      return {
        ...{ kind: 'refresh', id: id_hash, realm, subject: accountId, client: clientId },
        ...{ issuedAt: iat * 1000, expiresAt },
        state: consumed_at !== null ? 'used' : isExpired ? 'expired' : 'active',
      }
    })
    .sort((a, b) => b.issuedAt - a.issuedAt)
}

/** Browsers that are signed in, in these realms. */
export async function listSessions(
  { database: { db }, clock }: DataStore,
  realms: readonly string[],
): Promise<HeldToken[]> {
  const found = await Promise.all(realms.map((realm) => liveSessions(db, clock, realm)))
  return found.flat().map(({ id, realm, userId, createdAt, expiresAt, clients }) => ({
    ...{ kind: 'session', id, realm, subject: userId, client: clients.join(', ') || undefined },
    ...{ issuedAt: createdAt, expiresAt, state: 'active' },
  }))
}

/** API tokens of applications, the latest first. */
export async function listApiTokens({ database: { db }, clock }: DataStore): Promise<HeldToken[]> {
  const rows = await db.selectFrom('api_tokens').selectAll().orderBy('id', 'desc').execute()
  return rows.map(({ id, environment_id, organization_id, user_id, created_at, expires_at }) => {
    const expiresAt = expires_at === null ? undefined : Number(expires_at)
    return {
      ...{ kind: 'api', id, realm: environment_id, subject: user_id ?? organization_id, client: undefined },
      ...{ issuedAt: Number(created_at), expiresAt },
      state: expiresAt !== undefined && expiresAt <= clock.now() ? 'expired' : 'active',
    }
  })
}

/**
 * Ends a token, with what was made from it: with a refresh token its grant, with a session everything that came from it.
 * @returns false where there is none
 */
export async function endToken(
  store: DataStore,
  { kind, id, realm }: Pick<HeldToken, 'kind' | 'id' | 'realm'>,
): Promise<boolean> {
  const { database, clock } = store
  if (kind === 'access') {
    const token = await findAccessToken(store, id)
    if (token?.realm !== realm) return false
    await revokeToken(database, clock, { realm, jti: id, expiresAt: token.expiresAt ?? clock.now() })
    return true
  }
  return database.transaction(async (db) => {
    if (kind === 'refresh') return endRefreshToken(db, clock, realm, id)
    if (kind === 'session') {
      const session = (await liveSessions(db, clock, realm)).find((one) => one.id === id)
      if (session) await endSession(db, clock, session, 'revoked')
      return session !== undefined
    }
    const { numDeletedRows } = await db
      .deleteFrom('api_tokens')
      .where('environment_id', '=', realm)
      .where('id', '=', id)
      .executeTakeFirst()
    return numDeletedRows === 1n
  })
}

async function endRefreshToken(db: Db, clock: Clock, realm: string, hash: string): Promise<boolean> {
  const row = await db
    .selectFrom('oidc_records')
    .select('grant_id')
    .where('realm', '=', realm)
    .where('model', '=', 'RefreshToken')
    .where('id_hash', '=', hash)
    .executeTakeFirst()
  if (row?.grant_id) await endGrant(db, clock, row.grant_id)
  return row !== undefined
}
