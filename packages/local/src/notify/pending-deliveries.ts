import type { Database } from '../storage/database.js'
import { newId } from '../storage/ids.js'
import type { PendingDeliveryRow } from '../storage/schema.js'

/** How long a process has for an attempt and the pause after it. Then it has ended, and another one goes on. */
const LEASE_MS = 60_000

/** The webhooks that no endpoint has accepted yet. They outlive the process that sends them. */
export interface PendingDeliveries {
  /** Notes a delivery, which this process makes. */
  add(delivery: Pick<PendingDeliveryRow, 'event' | 'endpoint' | 'payload'>): Promise<PendingDeliveryRow>
  /** Notes that attempts have failed, and that this process goes on. */
  failed(id: string, attempts: number): Promise<void>
  /** Leaves a delivery to the process that opens the database next. */
  release(id: string): Promise<void>
  /** Takes what ended processes have left. Of several processes, one gets each. */
  take(): Promise<PendingDeliveryRow[]>
  remove(id: string): Promise<void>
  clear(): Promise<void>
}

/** Leases are by the clock of the machine, which nobody moves. */
export function createPendingDeliveries({ db }: Database): PendingDeliveries {
  return {
    async add({ event, endpoint, payload }) {
      const row = { id: newId('dlv'), event, endpoint, payload, attempt: 1, due_at: Date.now() + LEASE_MS }
      await db.insertInto('pending_deliveries').values(row).execute()
      return row
    },
    async failed(id, attempts) {
      const changes = { attempt: attempts + 1, due_at: Date.now() + LEASE_MS }
      await db.updateTable('pending_deliveries').set(changes).where('id', '=', id).execute()
    },
    async release(id) {
      await db.updateTable('pending_deliveries').set({ due_at: 0 }).where('id', '=', id).execute()
    },
    async take() {
      const rows = await db
        .selectFrom('pending_deliveries')
        .selectAll()
        .where('due_at', '<=', Date.now())
        .orderBy('id')
        .limit(100)
        .execute()
      const taken: PendingDeliveryRow[] = []
      for (const row of rows) {
        const { numUpdatedRows } = await db
          .updateTable('pending_deliveries')
          .set({ due_at: Date.now() + LEASE_MS })
          .where('id', '=', row.id)
          .where('due_at', '=', row.due_at)
          .executeTakeFirst()
        if (numUpdatedRows === 1n) taken.push(row)
      }
      return taken
    },
    async remove(id) {
      await db.deleteFrom('pending_deliveries').where('id', '=', id).execute()
    },
    async clear() {
      await db.deleteFrom('pending_deliveries').execute()
    },
  }
}

/** At the start of the only process that has the database open: those that had it before have ended. */
export async function releaseDeliveries({ db }: Database): Promise<void> {
  await db.updateTable('pending_deliveries').set({ due_at: 0 }).execute()
}
