import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { ClientRow, ResourceRow, Schema } from '../engine/schema.js'
import { WORKSPACE } from '../oauth/realm.js'
import { exportRoles } from './export-roles.js'
import { present, stamps } from './export-row.js'
import { exportRegistry } from './registry.js'
import { type ParsedSeed, SeedSchema } from './schema.js'

type Db = Kysely<Schema>

const Secrets = z.array(z.looseObject({ hash: z.string() }))

/** Everything that a seed can say, as it is now; loading it again gives the same environment. Secrets are hashes. */
export async function exportSeed(db: Db): Promise<ParsedSeed> {
  const members = await db.selectFrom('members').selectAll().orderBy('id').execute()
  const rows = await db.selectFrom('environments').selectAll().orderBy('id').execute()
  const environments: object[] = []
  for (const row of rows) {
    const { id, display_name, type, region } = row
    const directory = { ...(await exportRoles(db, id)), ...(await exportDirectory(db, id)) }
    environments.push({
      id,
      display_name,
      type,
      region,
      ...extras(row),
      ...(await exportClients(db, id)),
      ...directory,
      ...(await exportRegistry(db, id)),
    })
  }
  const workspace = {
    members: members.map(({ id, email, role, first_name, last_name, ...row }) => ({
      ...present({ id, email, role, first_name, last_name }),
      ...extras(row),
    })),
    ...(await exportClients(db, WORKSPACE)),
  }
  return SeedSchema.parse({ version: 1, workspace, environments })
}

async function exportClients(db: Db, realm: string) {
  const clients = await db
    .selectFrom('clients')
    .selectAll()
    .where('realm', '=', realm)
    .orderBy('id')
    .execute()
  const servers = await db
    .selectFrom('resources')
    .selectAll()
    .where('realm', '=', realm)
    .orderBy('id')
    .execute()
  return { clients: clients.map(toClient), mcp_servers: servers.map(toServer) }
}

function toClient(row: ClientRow) {
  const secrets = Secrets.parse(JSON.parse(row.secrets)).map(({ hash, ...secret }) => ({
    ...secret,
    sha256: hash,
  }))
  return { id: row.id, type: row.client_type, secrets, ...extras(row) }
}

function toServer({ id, url, name, scopes, ...row }: ResourceRow) {
  return { id, url, name, scopes: JSON.parse(scopes), ...extras(row) }
}

async function exportDirectory(db: Db, environment: string) {
  const organizations = await db
    .selectFrom('organizations')
    .selectAll()
    .where('environment_id', '=', environment)
    .orderBy('id')
    .execute()
  const users = await db
    .selectFrom('users')
    .selectAll()
    .where('environment_id', '=', environment)
    .orderBy('id')
    .execute()
  const memberships = await db
    .selectFrom('memberships')
    .innerJoin('users', 'users.id', 'memberships.user_id')
    .selectAll('memberships')
    .where('users.environment_id', '=', environment)
    .orderBy('memberships.organization_id')
    .execute()
  return {
    organizations: organizations.map(({ id, display_name, external_id, slug, ...row }) => ({
      ...present({ id, display_name, external_id, slug }),
      ...extras(row),
    })),
    users: users.map(({ id, email, external_id, ...row }) => ({
      ...present({ id, email, external_id }),
      ...extras(row),
      memberships: memberships
        .filter(({ user_id }) => user_id === id)
        .map(({ organization_id, status, roles, ...membership }) => ({
          ...{ organization: organization_id, status, roles: JSON.parse(roles) },
          ...extras(membership),
        })),
    })),
  }
}

function extras(row: { data: string; created_at: number; updated_at: number }) {
  return { data: JSON.parse(row.data), ...stamps(row) }
}
