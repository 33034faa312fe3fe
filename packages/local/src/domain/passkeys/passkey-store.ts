import { z } from 'zod'
import { newId } from '../../storage/ids.js'
import type { Store } from '../store.js'

/** What a sign-in needs of a passkey, beside what the management API shows of it. Bytes are base64url. */
const StoredPasskey = z.looseObject({
  credentialId: z.string(),
  publicKey: z.string(),
  counter: z.number(),
  transports: z.array(z.string()).default([]),
})

export interface Passkey {
  readonly rowId: string
  readonly userId: string
  readonly publicKey: Uint8Array<ArrayBuffer>
  readonly counter: number
  readonly transports: readonly string[]
}

export interface NewPasskey {
  readonly userId: string
  /** base64url, as the browser says it. */
  readonly credentialId: string
  readonly publicKey: Uint8Array
  readonly counter: number
  readonly transports: readonly string[]
  readonly aaguid: string
  /** `platform` or `cross-platform`, where the browser says it. */
  readonly attachment: string | undefined
  readonly userVerified: boolean
  readonly backedUp: boolean
}

export async function savePasskey(
  { database, clock }: Store,
  environment: string,
  passkey: NewPasskey,
): Promise<void> {
  const now = clock.now()
  const data = {
    credentialId: Buffer.from(passkey.credentialId, 'base64url').toString('base64'),
    publicKey: Buffer.from(passkey.publicKey).toString('base64url'),
    counter: passkey.counter,
    transports: passkey.transports,
    attestationType: 'none',
    authenticator: { aaguid: passkey.aaguid, attachment: passkey.attachment ?? '' },
    authenticatorFlags: {
      userPresent: true,
      userVerified: passkey.userVerified,
      backupState: passkey.backedUp,
    },
    createdAt: new Date(now).toISOString(),
    updatedAt: new Date(now).toISOString(),
  }
  const row = {
    ...{ id: newId('pkey'), environment_id: environment, user_id: passkey.userId },
    ...{ data: JSON.stringify(data), created_at: now, updated_at: now },
  }
  await database.db.insertInto('passkeys').values(row).execute()
}

/** The passkeys of an environment, or of one user of it. */
export async function findPasskeys(
  { database }: Store,
  environment: string,
  userId?: string,
): Promise<Map<string, Passkey>> {
  let query = database.db.selectFrom('passkeys').selectAll().where('environment_id', '=', environment)
  if (userId !== undefined) query = query.where('user_id', '=', userId)
  const passkeys = new Map<string, Passkey>()
  for (const row of await query.execute()) {
    const stored = StoredPasskey.safeParse(JSON.parse(row.data))
    if (!stored.success) continue
    const { credentialId, publicKey, counter, transports } = stored.data
    passkeys.set(Buffer.from(credentialId, 'base64').toString('base64url'), {
      ...{ rowId: row.id, userId: row.user_id, counter, transports },
      publicKey: new Uint8Array(Buffer.from(publicKey, 'base64url')),
    })
  }
  return passkeys
}

/** W3C Web Authentication, section 6.1.1: a counter that does not grow tells of a copied authenticator. */
export async function countSignIn(
  { database, clock }: Store,
  { rowId }: Passkey,
  counter: number,
): Promise<void> {
  const row = await database.db
    .selectFrom('passkeys')
    .select('data')
    .where('id', '=', rowId)
    .executeTakeFirst()
  if (!row) return
  const data = JSON.stringify({ ...JSON.parse(row.data), counter })
  await database.db
    .updateTable('passkeys')
    .set({ data, updated_at: clock.now() })
    .where('id', '=', rowId)
    .execute()
}
