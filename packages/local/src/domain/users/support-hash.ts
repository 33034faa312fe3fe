import { createHash, createHmac } from 'node:crypto'
import type { SigningKeys } from '../../storage/keys.js'

/**
 * The hash that proves to a support desk who is signed in: HMAC-SHA256 of the e-mail address, in hex. The key is derived from
 * the oldest signing key of the realm.
 */
export async function supportHash(keys: SigningKeys, realm: string, email: string): Promise<string> {
  const { privateJwks } = await keys.of(realm)
  const oldest = JSON.stringify(privateJwks.at(-1))
  const key = createHash('sha256').update(`support-hash\n${oldest}`).digest()
  return createHmac('sha256', key).update(email.toLowerCase()).digest('hex')
}
