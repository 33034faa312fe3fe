import type { z } from 'zod'
import { hashSecret } from '../../storage/secret-hash.js'
import type { DataStore } from '../store.js'

/** Something that is kept for a while under a secret name, of which the database has the hash. */
export interface Tickets<T> {
  put(name: string, value: T, lifetimeSeconds: number): Promise<void>
  /** Puts it unless it is there: of two who put the same at the same moment, one does. */
  putNew(name: string, value: T, lifetimeSeconds: number): Promise<boolean>
  get(name: string): Promise<T | undefined>
  /** Gives it once: of two who take it at the same moment, one gets it. */
  take(name: string): Promise<T | undefined>
}

/** Tickets of one kind in one realm. They lie with the records of the sign-in, and expire and reset with them. */
export function createTickets<T>(
  { database: { db }, clock }: DataStore,
  realm: string,
  kind: string,
  schema: z.ZodType<T>,
): Tickets<T> {
  const rowOf = (name: string, value: T, lifetimeSeconds: number) => ({
    ...{ realm, model: kind, id_hash: hashSecret(name), payload: JSON.stringify(value) },
    ...{ grant_id: null, uid: null, user_code: null, consumed_at: null },
    expires_at: clock.now() + lifetimeSeconds * 1000,
  })
  const tickets: Tickets<T> = {
    async put(name, value, lifetimeSeconds) {
      const row = rowOf(name, value, lifetimeSeconds)
      const { payload, expires_at } = row
      await db
        .insertInto('oidc_records')
        .values(row)
        .onConflict((conflict) =>
          conflict.columns(['realm', 'model', 'id_hash']).doUpdateSet({ payload, expires_at }),
        )
        .execute()
    },

    async putNew(name, value, lifetimeSeconds) {
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('oidc_records')
        .values(rowOf(name, value, lifetimeSeconds))
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst()
      return numInsertedOrUpdatedRows === 1n
    },

    async get(name) {
      const row = await db
        .selectFrom('oidc_records')
        .select('payload')
        .where('realm', '=', realm)
        .where('model', '=', kind)
        .where('id_hash', '=', hashSecret(name))
        .where('expires_at', '>', clock.now())
        .executeTakeFirst()
      return row && schema.parse(JSON.parse(row.payload))
    },

    async take(name) {
      const value = await tickets.get(name)
      if (value === undefined) return undefined
      const { numDeletedRows } = await db
        .deleteFrom('oidc_records')
        .where('realm', '=', realm)
        .where('model', '=', kind)
        .where('id_hash', '=', hashSecret(name))
        .executeTakeFirst()
      return numDeletedRows === 1n ? value : undefined
    },
  }
  return tickets
}
