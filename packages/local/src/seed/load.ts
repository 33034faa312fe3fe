import type { Kysely } from 'kysely'
import type { Clock } from '../engine/clock.js'
import { newId } from '../engine/ids.js'
import type { Schema } from '../engine/schema.js'
import { hashSecret } from '../engine/secret-hash.js'
import { LocalError } from '../local-error.js'
import { WORKSPACE } from '../oauth/realm.js'
import type { ParsedSeed } from './schema.js'

type Db = Kysely<Schema>
type Environment = ParsedSeed['environments'][number]

/** Writes a seed into empty tables; run it in a transaction. Throws a `LocalError` where the seed contradicts itself. */
export async function loadSeed(db: Db, seed: ParsedSeed, clock: Clock): Promise<void> {
  const stamp = stamper(clock)
  const { members, clients, mcp_servers } = seed.workspace
  await insertAll(
    db,
    'members',
    members.map((member) => ({
      id: member.id,
      email: member.email.toLowerCase(),
      role: member.role,
      first_name: member.first_name ?? null,
      last_name: member.last_name ?? null,
      data: JSON.stringify(member.data),
      ...stamp(member),
    })),
  )
  await loadClientsAndServers(db, WORKSPACE, clients, mcp_servers, clock)
  for (const environment of seed.environments) await loadEnvironment(db, environment, clock)
}

async function loadEnvironment(db: Db, environment: Environment, clock: Clock): Promise<void> {
  const stamp = stamper(clock)
  const { id, display_name, type, region, data } = environment
  const row = { id, display_name, type, region, data: JSON.stringify(data), ...stamp(environment) }
  await db.insertInto('environments').values(row).execute()
  await loadClientsAndServers(db, id, environment.clients, environment.mcp_servers, clock)
  await insertAll(
    db,
    'organizations',
    environment.organizations.map((organization) => ({
      id: organization.id,
      environment_id: id,
      display_name: organization.display_name,
      external_id: organization.external_id ?? null,
      slug: organization.slug ?? null,
      data: JSON.stringify(organization.data),
      ...stamp(organization),
    })),
  )
  await loadRoles(db, environment, clock)
  await insertAll(
    db,
    'users',
    environment.users.map((user) => ({
      id: user.id,
      environment_id: id,
      email: user.email.toLowerCase(),
      external_id: user.external_id ?? null,
      data: JSON.stringify(user.data),
      ...stamp(user),
    })),
  )
  await insertAll(
    db,
    'memberships',
    environment.users.flatMap((user) =>
      user.memberships.map((membership) => ({
        organization_id: membership.organization,
        user_id: user.id,
        status: membership.status,
        roles: JSON.stringify(membership.roles),
        data: JSON.stringify(membership.data),
        ...stamp(membership),
      })),
    ),
  )
}

async function loadRoles(db: Db, environment: Environment, clock: Clock): Promise<void> {
  const stamp = stamper(clock)
  const environment_id = environment.id
  await insertAll(
    db,
    'permissions',
    environment.permissions.map((permission) => ({
      id: permission.id,
      environment_id,
      name: permission.name,
      description: permission.description,
      ...stamp(permission),
    })),
  )
  await insertAll(
    db,
    'roles',
    environment.roles.map((role) => ({
      id: role.id,
      environment_id,
      organization_id: role.organization ?? null,
      name: role.name,
      display_name: role.display_name,
      description: role.description,
      extends: role.extends ?? null,
      default_creator: Number(role.default_creator),
      default_member: Number(role.default_member),
      ...stamp(role),
    })),
  )
  const permissionIds = new Map(environment.permissions.map(({ name, id }) => [name, id]))
  await insertAll(
    db,
    'role_permissions',
    environment.roles.flatMap((role) =>
      role.permissions.map((name) => {
        const permission_id = permissionIds.get(name)
        if (permission_id !== undefined) return { role_id: role.id, permission_id }
        throw new LocalError('seed_invalid', `Role ${role.name} has the permission ${name}, which ${environment_id} does not list.`)
      }),
    ),
  )
}

async function loadClientsAndServers(
  db: Db,
  realm: string,
  clients: Environment['clients'],
  servers: Environment['mcp_servers'],
  clock: Clock,
): Promise<void> {
  const stamp = stamper(clock)
  await insertAll(
    db,
    'clients',
    clients.map((client) => ({
      id: client.id,
      realm,
      client_type: client.type,
      secrets: JSON.stringify(client.secrets.map((secret) => storedSecret(secret, clock))),
      data: JSON.stringify(client.data),
      ...stamp(client),
    })),
  )
  await insertAll(
    db,
    'resources',
    servers.map((server) => ({
      id: server.id,
      realm,
      url: server.url,
      name: server.name,
      scopes: JSON.stringify(server.scopes),
      data: JSON.stringify(server.data),
      ...stamp(server),
    })),
  )
}

function storedSecret(secret: Environment['clients'][number]['secrets'][number], clock: Clock) {
  if (!('value' in secret)) {
    const { sha256, ...rest } = secret
    return { ...rest, hash: sha256 }
  }
  const { value } = secret
  return {
    id: newId('sec'),
    hash: hashSecret(value),
    suffix: value.slice(-4),
    status: 'ACTIVE',
    created_at: clock.now(),
  }
}

function stamper(clock: Clock) {
  const now = clock.now()
  return ({ created_at, updated_at }: { created_at?: string | undefined; updated_at?: string | undefined }) => {
    const created = created_at === undefined ? now : Date.parse(created_at)
    return { created_at: created, updated_at: updated_at === undefined ? created : Date.parse(updated_at) }
  }
}

async function insertAll<Table extends keyof Schema & string>(
  db: Db,
  table: Table,
  rows: readonly Schema[Table][],
): Promise<void> {
  for (const row of rows) await db.insertInto(table).values(row as never).execute()
}
