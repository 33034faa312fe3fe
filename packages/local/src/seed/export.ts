import type { Kysely } from 'kysely'
import type { ClientRow, ResourceRow, Schema } from '../engine/schema.js'
import { WORKSPACE } from '../oauth/realm.js'
import { type ParsedSeed, SeedSchema } from './schema.js'

type Db = Kysely<Schema>

/** Everything that a seed can say, as it is now; loading it again gives the same environment. Secrets are hashes. */
export async function exportSeed(db: Db): Promise<ParsedSeed> {
  const members = await db.selectFrom('members').selectAll().orderBy('id').execute()
  const environments = await db.selectFrom('environments').selectAll().orderBy('id').execute()
  return SeedSchema.parse({
    version: 1,
    workspace: {
      members: members.map((row) => ({
        ...present({ id: row.id, email: row.email, role: row.role, first_name: row.first_name, last_name: row.last_name }),
        ...extras(row),
      })),
      ...(await exportClientsAndServers(db, WORKSPACE)),
    },
    environments: await Promise.all(
      environments.map(async (row) => ({
        id: row.id,
        display_name: row.display_name,
        type: row.type,
        region: row.region,
        ...extras(row),
        ...(await exportClientsAndServers(db, row.id)),
        ...(await exportDirectory(db, row.id)),
      })),
    ),
  })
}

async function exportClientsAndServers(db: Db, realm: string) {
  const clients = await db.selectFrom('clients').selectAll().where('realm', '=', realm).orderBy('id').execute()
  const resources = await db.selectFrom('resources').selectAll().where('realm', '=', realm).orderBy('id').execute()
  return { clients: clients.map(toClient), mcp_servers: resources.map(toServer) }
}

function toClient(row: ClientRow) {
  const secrets: { id: string; hash: string; suffix?: string; status: string; created_at?: number }[] = JSON.parse(row.secrets)
  return {
    id: row.id,
    type: row.client_type,
    secrets: secrets.map(({ id, hash, suffix, status, created_at }) => ({ id, sha256: hash, suffix, status, created_at })),
    ...extras(row),
  }
}

function toServer(row: ResourceRow) {
  return { id: row.id, url: row.url, name: row.name, scopes: JSON.parse(row.scopes), ...extras(row) }
}

async function exportDirectory(db: Db, environment: string) {
  const of = <Table extends 'organizations' | 'users' | 'roles' | 'permissions'>(table: Table) =>
    db.selectFrom(table as 'users').selectAll().where('environment_id', '=', environment).orderBy('id').execute() as unknown as Promise<
      Schema[Table][]
    >
  const [organizations, users, roles, permissions] = [
    await of('organizations'),
    await of('users'),
    await of('roles'),
    await of('permissions'),
  ]
  const memberships = await db
    .selectFrom('memberships')
    .innerJoin('users', 'users.id', 'memberships.user_id')
    .selectAll('memberships')
    .where('users.environment_id', '=', environment)
    .orderBy('memberships.organization_id')
    .execute()
  const granted = await db
    .selectFrom('role_permissions')
    .innerJoin('permissions', 'permissions.id', 'role_permissions.permission_id')
    .select(['role_permissions.role_id', 'permissions.name'])
    .where('permissions.environment_id', '=', environment)
    .orderBy('permissions.name')
    .execute()
  return {
    permissions: permissions.map(({ id, name, description, ...row }) => ({ id, name, description, ...stamps(row) })),
    roles: roles.map((row) => ({
      ...present({ id: row.id, name: row.name, display_name: row.display_name, description: row.description }),
      ...present({ organization: row.organization_id, extends: row.extends }),
      default_creator: Boolean(row.default_creator),
      default_member: Boolean(row.default_member),
      permissions: granted.filter(({ role_id }) => role_id === row.id).map(({ name }) => name),
      ...stamps(row),
    })),
    organizations: organizations.map((row) => ({
      ...present({ id: row.id, display_name: row.display_name, external_id: row.external_id, slug: row.slug }),
      ...extras(row),
    })),
    users: users.map((row) => ({
      ...present({ id: row.id, email: row.email, external_id: row.external_id }),
      ...extras(row),
      memberships: memberships
        .filter(({ user_id }) => user_id === row.id)
        .map((membership) => ({
          organization: membership.organization_id,
          status: membership.status,
          roles: JSON.parse(membership.roles),
          ...extras(membership),
        })),
    })),
  }
}

/** Without the members that are null. */
function present(object: Record<string, unknown>) {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null))
}

function extras(row: { data: string; created_at: number; updated_at: number }) {
  return { data: JSON.parse(row.data), ...stamps(row) }
}

function stamps(row: { created_at: number; updated_at: number }) {
  return { created_at: new Date(row.created_at).toISOString(), updated_at: new Date(row.updated_at).toISOString() }
}
