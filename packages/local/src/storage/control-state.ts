import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { Database } from './database.js'

const CIPHER = 'aes-256-gcm'
const IV_BYTES = 12
const TAG_BYTES = 16
/** There is one key. It outlives a reset, because snapshots hold what it sealed. */
const KEY_ID = 'control_state'

export type ControlStateKind = 'webhook_endpoint' | 'interceptor' | 'dns_record' | 'message'

/** Entries of one kind that outlive the process. They are sealed: codes, links and secrets are never readable in a file. */
export interface ControlState<Entry extends { readonly id: string }> {
  add(entry: Entry): Promise<void>
  /** Oldest first. */
  list(): Promise<Entry[]>
  /** Replaces an entry by what `edit` makes of it. Whether there is such an entry. */
  change(id: string, edit: (entry: Entry) => Entry): Promise<boolean>
  /** Whether there was such an entry. */
  remove(id: string): Promise<boolean>
  /** Deletes all but the latest entries. */
  keepLatest(count: number): Promise<void>
  clear(): Promise<void>
}

/** The entries of one kind in a database. Everybody who opens it sees the same ones. */
export function createControlState<Entry extends { readonly id: string }>(
  database: Database,
  kind: ControlStateKind,
): ControlState<Entry> {
  const { db } = database
  let loading: Promise<Buffer> | undefined
  const key = () => {
    loading ??= sealingKey(database)
    loading.catch(() => {
      loading = undefined
    })
    return loading
  }
  return {
    async add(entry) {
      const sealed = seal(await key(), JSON.stringify(entry))
      await db.insertInto('control_state').values({ id: entry.id, kind, sealed }).execute()
    },
    async list() {
      const rows = await db
        .selectFrom('control_state')
        .select('sealed')
        .where('kind', '=', kind)
        .orderBy('id')
        .execute()
      if (rows.length === 0) return []
      const secret = await key()
      // `add` wrote them, for this kind.
      return rows.map(({ sealed }): Entry => JSON.parse(unseal(secret, sealed)))
    },
    async change(id, edit) {
      const row = await db
        .selectFrom('control_state')
        .select('sealed')
        .where('kind', '=', kind)
        .where('id', '=', id)
        .executeTakeFirst()
      if (row === undefined) return false
      const secret = await key()
      const entry: Entry = JSON.parse(unseal(secret, row.sealed))
      const { numUpdatedRows } = await db
        .updateTable('control_state')
        .set({ sealed: seal(secret, JSON.stringify(edit(entry))) })
        .where('kind', '=', kind)
        .where('id', '=', id)
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },
    async remove(id) {
      const { numDeletedRows } = await db
        .deleteFrom('control_state')
        .where('kind', '=', kind)
        .where('id', '=', id)
        .executeTakeFirst()
      return numDeletedRows === 1n
    },
    async keepLatest(count) {
      const first = await db
        .selectFrom('control_state')
        .select('id')
        .where('kind', '=', kind)
        .orderBy('id', 'desc')
        .offset(count - 1)
        .limit(1)
        .executeTakeFirst()
      if (first === undefined) return
      await db.deleteFrom('control_state').where('kind', '=', kind).where('id', '<', first.id).execute()
    },
    async clear() {
      await db.deleteFrom('control_state').where('kind', '=', kind).execute()
    },
  }
}

/** The key is next to the signing keys, which protect as much. Of two processes that make one, the first wins. */
async function sealingKey({ db }: Database): Promise<Buffer> {
  await db
    .insertInto('sealing_keys')
    .values({ id: KEY_ID, secret: randomBytes(32).toString('base64') })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const { secret } = await db
    .selectFrom('sealing_keys')
    .select('secret')
    .where('id', '=', KEY_ID)
    .executeTakeFirstOrThrow()
  return Buffer.from(secret, 'base64')
}

function seal(key: Buffer, text: string): string {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv(CIPHER, key, iv)
  return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString(
    'base64',
  )
}

function unseal(key: Buffer, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64')
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
  return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]).toString(
    'utf8',
  )
}
