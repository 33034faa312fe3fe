import type { Kysely } from 'kysely'
import type { ConnectionRow, DomainRow } from '../../storage/registry-schema.js'
import type { Schema } from '../../storage/schema.js'
import { domainsOf, isOwnDomain } from '../domains/domain-data.js'
import { connectionData } from './connection-data.js'

/** Types of connection that lead to an identity provider. */
const SIGN_IN_TYPES = ['OIDC', 'SAML', 'OAUTH'] as const

/**
 * Whether people of an e-mail domain sign in through a connection: it is assigned to the connection, or to none and
 * belongs to the connection's organization. Domains match exactly; a subdomain is another domain.
 */
export function servesDomain(
  connection: Pick<ConnectionRow, 'id' | 'organization_id'>,
  domains: readonly DomainRow[],
  name: string,
): boolean {
  return domains.some(
    (row) =>
      isOwnDomain(row, connection.organization_id, name) &&
      (row.connection_id === null || row.connection_id === connection.id),
  )
}

/** The enabled connection of an e-mail domain: its identity provider asks people of the domain who they are. */
export async function connectionOfDomain(
  db: Kysely<Schema>,
  environment: string,
  domain: string,
): Promise<ConnectionRow | undefined> {
  const domains = await domainsOf(db, environment)
  const enabled = await signInConnections(db, environment)
    .where('organization_id', 'is not', null)
    .where('enabled', '=', 1)
    .orderBy('id')
    .execute()
  return enabled.find((row) => !connectionData(row).is_app && servesDomain(row, domains, domain))
}

export function signInConnections(db: Kysely<Schema>, environment: string) {
  return db
    .selectFrom('connections')
    .selectAll()
    .where('environment_id', '=', environment)
    .where('type', 'in', SIGN_IN_TYPES)
}
