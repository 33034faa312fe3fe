import { z } from 'zod'
import { secretMatches } from '../../storage/secret-hash.js'

const Secrets = z.array(z.looseObject({ hash: z.string(), status: z.string() }))
/** Between hashes; no hex digit. */
const SEPARATOR = '.'

/**
 * What oidc-provider is given as a client's secret: the hashes of its active secrets. Without one it still
 * needs a text, which no hash is equal to.
 */
export function storedHashes(secrets: string): string {
  const active = Secrets.parse(JSON.parse(secrets)).filter(({ status }) => status !== 'INACTIVE')
  return active.map(({ hash }) => hash).join(SEPARATOR) || 'no active secret'
}

/** Compares a secret with those hashes. */
export function clientSecretMatches(hashes: string | undefined, secret: string): boolean {
  return secretMatches(secret, (hashes ?? '').split(SEPARATOR))
}
