import type { Kysely } from 'kysely'
import type { Schema } from '../../storage/schema.js'
import { type ClientData, clientData } from './client-data.js'

/** The applications of an environment, the first created first. */
export async function applications(db: Kysely<Schema>, environment: string): Promise<ClientData[]> {
  const rows = await db
    .selectFrom('clients')
    .selectAll()
    .where('realm', '=', environment)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  return rows.map(clientData)
}

/**
 * The origins of the callback URLs of an environment, as sources of a Content-Security-Policy (CSP 3, section 2.3.1):
 * a wildcard for subdomains is the same there, and an IPv6 address cannot be written.
 */
export async function callbackOrigins(db: Kysely<Schema>, environment: string): Promise<string[]> {
  const uris = (await applications(db, environment)).flatMap(({ post_login_uris }) => post_login_uris)
  const origins = uris.flatMap(
    (uri) => /^https?:\/\/(?:\*\.)?[\w-]+(?:\.[\w-]+)*(?::\d+)?(?=[/?#]|$)/i.exec(uri)?.[0] ?? [],
  )
  return [...new Set(origins)]
}
