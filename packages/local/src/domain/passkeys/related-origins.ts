import { callbackOrigins } from '../clients/callbacks.js'
import type { Store } from '../store.js'

/**
 * The origins whose pages may ask for passkeys of an environment: its own, and those of its applications' callback URLs.
 * One with a wildcard is no origin (W3C Web Authentication, section 5.11).
 */
export async function relatedOrigins({ database, baseUrl }: Store, environment: string): Promise<string[]> {
  const applications = (await callbackOrigins(database.db, environment)).filter((one) => !one.includes('*'))
  return [...new Set([new URL(baseUrl).origin, ...applications])]
}
