import { type Adapter, type AdapterPayload, errors } from 'oidc-provider'
import type { Partition } from '../../domain/environments/realm.js'
import { endGrant } from '../../domain/sessions/end.js'
import { endOf, sessionOf } from '../../domain/sessions/session-uses.js'
import type { DataStore } from '../../domain/store.js'
import { type Clock, secondsAhead } from '../../storage/clock.js'
import type { Database } from '../../storage/database.js'
import type { OidcRecordRow } from '../../storage/schema.js'
import { hashSecret } from '../../storage/secret-hash.js'
import { shiftTimes } from './shift-times.js'

/**
 * How long a refresh token that was redeemed may be sent again, in milliseconds, before it is taken for stolen. A client
 * that repeats a request, or sends two at once, is refused and keeps the tokens that it got. Who presents the token later,
 * or after its successor was redeemed, ends them all (RFC 9700, section 4.14.2).
 */
const REPEAT_MS = 30_000

/**
 * What oidc-provider stores, in the time of our clock; oidc-provider itself uses the clock of the machine. A record is found by the hash of its identifier, and its payload does not hold
 * the identifier: whoever reads the database learns no code, refresh token or session.
 */
export class RecordAdapter implements Adapter {
  readonly #database: Database
  readonly #clock: Clock
  readonly #model: string
  readonly #records: string

  constructor({ database, clock }: DataStore, partition: Partition, model: string) {
    this.#database = database
    this.#clock = clock
    this.#model = model
    // One sign-in serves every authorization server of the realm; all else belongs to one of them.
    this.#records = model === 'Session' ? partition.realm : partition.server
  }

  async upsert(id: string, { jti: _, ...payload }: AdapterPayload, expiresIn?: number): Promise<void> {
    const values = {
      realm: this.#records,
      model: this.#model,
      id_hash: hashSecret(id),
      payload: JSON.stringify(shiftTimes(withoutSessionCookie(payload), secondsAhead(this.#clock))),
      grant_id: payload.grantId ?? null,
      uid: payload.uid ?? null,
      user_code: payload.userCode ?? null,
      consumed_at: null,
      expires_at: await this.#end(payload, expiresIn),
    }
    const { realm: _realm, model: _model, id_hash: _hash, consumed_at: _consumed, ...changes } = values
    await this.#database.db
      .insertInto('oidc_records')
      .values(values)
      .onConflict((conflict) => conflict.columns(['realm', 'model', 'id_hash']).doUpdateSet(changes))
      .execute()
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    const payload = await this.#first('id_hash', hashSecret(id))
    return payload && { ...payload, jti: id }
  }

  /** The session of a token. Without its identifier, which is the cookie: nobody who asks this way needs it. */
  findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.#first('uid', uid)
  }

  findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
    return this.#first('user_code', userCode)
  }

  /**
   * Redeems a code or a refresh token, once: one conditional UPDATE decides, so that of two redemptions at
   * the same moment, in whatever process, exactly one succeeds (OAuth 2.1, sections 4.1.3 and 4.3.1).
   */
  async consume(id: string): Promise<void> {
    const { numUpdatedRows } = await this.#database.db
      .updateTable('oidc_records')
      .set({ consumed_at: this.#clock.now() })
      .where('realm', '=', this.#records)
      .where('model', '=', this.#model)
      .where('id_hash', '=', hashSecret(id))
      .where('consumed_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows !== 1n)
      throw new errors.InvalidGrant('it was redeemed by another request at the same time')
  }

  async destroy(id: string): Promise<void> {
    await this.#all().where('id_hash', '=', hashSecret(id)).execute()
  }

  /** Called for every kind of token of a grant, access tokens included; the grant ends with all of them at once. */
  async revokeByGrantId(grantId: string): Promise<void> {
    if (this.#model !== 'AccessToken') return
    await this.#database.transaction((db) => endGrant(db, this.#clock, grantId))
  }

  /** A session ends by the policy under which it began. */
  async #end({ uid }: AdapterPayload, expiresIn: number | undefined): Promise<number | null> {
    if (expiresIn === undefined) return null
    const session = this.#model === 'Session' && uid ? await sessionOf(this.#database.db, uid) : undefined
    return session === undefined ? this.#clock.now() + expiresIn * 1000 : endOf(session)
  }

  #all() {
    return this.#database.db
      .deleteFrom('oidc_records')
      .where('realm', '=', this.#records)
      .where('model', '=', this.#model)
  }

  async #isRepeated(row: Pick<OidcRecordRow, 'consumed_at' | 'grant_id'>): Promise<boolean> {
    const { consumed_at, grant_id } = row
    if (this.#model !== 'RefreshToken' || consumed_at === null) return false
    if (this.#clock.now() - consumed_at >= REPEAT_MS) return false
    const successor = await this.#database.db
      .selectFrom('oidc_records')
      .select('id_hash')
      .where('realm', '=', this.#records)
      .where('model', '=', this.#model)
      .where('grant_id', '=', grant_id)
      .where('consumed_at', '>', consumed_at)
      .executeTakeFirst()
    return successor === undefined
  }

  async #first(column: 'id_hash' | 'uid' | 'user_code', value: string): Promise<AdapterPayload | undefined> {
    const row = await this.#database.db
      .selectFrom('oidc_records')
      .select(['payload', 'consumed_at', 'grant_id'])
      .where('realm', '=', this.#records)
      .where('model', '=', this.#model)
      .where(column, '=', value)
      .where((where) =>
        where.or([where('expires_at', 'is', null), where('expires_at', '>', this.#clock.now())]),
      )
      .executeTakeFirst()
    if (row === undefined || (await this.#isRepeated(row))) return undefined
    const stored: AdapterPayload = JSON.parse(row.payload)
    const consumed = row.consumed_at === null ? {} : { consumed: Math.floor(row.consumed_at / 1000) }
    return shiftTimes({ ...stored, ...consumed }, -secondsAhead(this.#clock))
  }
}

/** An interaction carries the identifier of its session, which is the sign-in cookie; nothing reads it back. */
function withoutSessionCookie(payload: AdapterPayload): AdapterPayload {
  if (payload.session === undefined) return payload
  const { cookie: _, ...session } = payload.session
  return { ...payload, session }
}
