import type { Kysely } from 'kysely'
import { connectionData } from '../domain/connections/connection-data.js'
import type { ConnectionRow, DirectoryRow, DomainRow } from '../storage/registry-schema.js'
import type { Schema } from '../storage/schema.js'

type Db = Kysely<Schema>

/** The connections that the people of an organization sign in through. */
export async function portalConnections(db: Db, organization: string): Promise<ConnectionRow[]> {
  const rows = await db
    .selectFrom('connections')
    .selectAll()
    .where('organization_id', '=', organization)
    .where('type', 'in', ['OIDC', 'SAML'])
    .orderBy('id')
    .execute()
  return rows.filter((row) => !connectionData(row).is_app)
}

/** The domains whose people sign in through the organization. */
export function portalDomains(db: Db, organization: string): Promise<DomainRow[]> {
  return db
    .selectFrom('domains')
    .selectAll()
    .where('organization_id', '=', organization)
    .where('type', '=', 'ORGANIZATION_DOMAIN')
    .orderBy('id')
    .execute()
}

export function portalDirectories(db: Db, organization: string): Promise<DirectoryRow[]> {
  return db
    .selectFrom('directories')
    .selectAll()
    .where('organization_id', '=', organization)
    .where('type', '=', 'SCIM')
    .orderBy('id')
    .execute()
}

/** How many users and groups a directory has sent. */
export async function directoryCounts(db: Db, directory: string): Promise<{ users: number; groups: number }> {
  const count = async (table: 'directory_users' | 'directory_groups') => {
    const rows = await db.selectFrom(table).select('id').where('directory_id', '=', directory).execute()
    return rows.length
  }
  return { users: await count('directory_users'), groups: await count('directory_groups') }
}
