import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import type { Clock } from './clock.js'
import type { Database } from './database.js'
import { newId } from './ids.js'

export const SIGNING_ALGORITHM = 'RS256'

/** The signing keys of one realm, newest first; the first one signs. */
export interface KeySet {
  readonly kid: string
  readonly privateKey: CryptoKey
  readonly privateJwks: JWK[]
  readonly publicJwks: JWK[]
  publicKey(kid: string): CryptoKey | undefined
}

/** Signing keys by realm. They are made when first needed and live in the database from then on. */
export interface SigningKeys {
  of(realm: string): Promise<KeySet>
}

/**
 * Keys outlive a restart and a reset: Scalekit's SDK fetches a key set once and keeps it, so that a new key
 * would make it refuse every token until it restarts.
 */
export function createSigningKeys(database: Database, clock: Clock): SigningKeys {
  const known = new Map<string, Promise<KeySet>>()
  return {
    of(realm) {
      const loading = known.get(realm) ?? load(database, clock, realm)
      known.set(realm, loading)
      loading.catch(() => known.delete(realm))
      return loading
    },
  }
}

async function load(database: Database, clock: Clock, realm: string): Promise<KeySet> {
  let rows = await stored(database, realm)
  if (!rows.some((row) => row.retired_at === null)) {
    await create(database, clock, realm)
    rows = await stored(database, realm)
  }
  const privateJwks = rows.map((row): JWK => JSON.parse(row.private_jwk))
  const publicJwks = privateJwks.map(publicPart)
  const publicKeys = new Map(
    await Promise.all(publicJwks.map(async (jwk) => [jwk.kid, await importKey(jwk)] as const)),
  )
  const [signing] = privateJwks
  if (signing?.kid === undefined) throw new Error(`Realm ${realm} has no signing key`)
  return {
    kid: signing.kid,
    privateKey: await importKey(signing),
    privateJwks,
    publicJwks,
    publicKey: (kid) => publicKeys.get(kid),
  }
}

function stored(database: Database, realm: string) {
  return database.db
    .selectFrom('signing_keys')
    .selectAll()
    .where('realm', '=', realm)
    .orderBy('retired_at', (order) => order.asc().nullsFirst())
    .orderBy('created_at', 'desc')
    .execute()
}

/** Two processes may do this at once: the index on active keys lets one of them win, and both then read it. */
async function create(database: Database, clock: Clock, realm: string): Promise<void> {
  const { privateKey } = await generateKeyPair(SIGNING_ALGORITHM, { modulusLength: 2048, extractable: true })
  const kid = newId('snk')
  const jwk: JWK = { ...(await exportJWK(privateKey)), kid, alg: SIGNING_ALGORITHM, use: 'sig' }
  await database.db
    .insertInto('signing_keys')
    .values({
      realm,
      kid,
      alg: SIGNING_ALGORITHM,
      private_jwk: JSON.stringify(jwk),
      created_at: clock.now(),
      retired_at: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

function publicPart({ kty, n, e, kid, alg, use }: JWK): JWK {
  return { kty, n, e, kid, alg, use }
}

async function importKey(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, SIGNING_ALGORITHM)
  if (key instanceof Uint8Array) throw new Error('A signing key is not symmetric')
  return key
}
