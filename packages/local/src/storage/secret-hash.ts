import { createHash, timingSafeEqual } from 'node:crypto'

/**
 * SHA-256 of a secret, in hex. Client secrets, codes and refresh tokens are random and long, so a fast hash
 * keeps them as well as a slow one would, and only the hash is stored.
 */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** Whether the secret has one of these hashes. Takes the same time wherever they differ. */
export function secretMatches(secret: string, hashes: readonly string[]): boolean {
  const given = Buffer.from(hashSecret(secret))
  return hashes.reduce((found, hash) => equal(given, Buffer.from(hash)) || found, false)
}

function equal(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}
