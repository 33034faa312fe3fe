import type { Kysely } from 'kysely'
import { z } from 'zod'
import { WORKSPACE } from '../domain/environments/realm.js'
import type { Database } from '../storage/database.js'
import { readRows } from '../storage/read-rows.js'
import type { ClientRow, ResourceRow, Schema } from '../storage/schema.js'
import { present, stamps } from './export-row.js'
import { toRegistryEntry } from './registry.js'
import { REGISTRY_KINDS } from './registry-kinds.js'

/** A list of a seed. Its entries are created as they are read, because all of them together need much memory. */
export interface SeedList {
  readonly name: string
  readonly entries: Iterable<object>
}

export interface SeedSection {
  readonly fields: Readonly<Record<string, unknown>>
  readonly lists: readonly SeedList[]
}

/** A seed whose lists can be long. */
export interface SeedDocument {
  readonly workspace: SeedSection
  readonly environments: readonly SeedSection[]
}

const Secrets = z.array(z.looseObject({ hash: z.string() }))

/** Everything that a seed can say, as it is at one moment; loading it restores the environment. Secrets are hashes. */
export async function exportSeed(database: Database): Promise<SeedDocument> {
  const tables = await database.readConsistently(readTables)
  const list = <Row>(name: string, rows: readonly Row[] = [], toEntry: (row: Row) => object): SeedList => ({
    name,
    entries: {
      *[Symbol.iterator]() {
        for (const row of rows) yield toEntry(row)
      },
    },
  })
  const clients = groupBy(tables.clients, ({ realm }) => realm)
  const servers = groupBy(tables.resources, ({ realm }) => realm)
  const clientsOf = (realm: string) => [
    list('clients', clients.get(realm), toClient),
    list('mcp_servers', servers.get(realm), toServer),
  ]
  const byEnvironment = <Row extends { environment_id: string }>(rows: readonly Row[]) =>
    groupBy(rows, ({ environment_id }) => environment_id)
  const permissions = byEnvironment(tables.permissions)
  const roles = byEnvironment(tables.roles)
  const organizations = byEnvironment(tables.organizations)
  const users = byEnvironment(tables.users)
  const memberships = groupBy(tables.memberships, ({ user_id }) => user_id)
  const granted = groupBy(tables.role_permissions, ({ role_id }) => role_id)
  const permissionNames = new Map(tables.permissions.map(({ id, name }) => [id, name]))
  const registry = tables.registry.map(({ kind, rows }) => ({ kind, rows: byEnvironment(rows) }))

  return {
    workspace: {
      fields: {},
      lists: [list('members', tables.members, toMember), ...clientsOf(WORKSPACE)],
    },
    environments: tables.environments.map(({ id, display_name, type, region, ...row }) => ({
      fields: { id, display_name, type, region, ...extras(row) },
      lists: [
        ...clientsOf(id),
        list('permissions', permissions.get(id), toPermission),
        list('roles', roles.get(id), (role) => {
          const names = (granted.get(role.id) ?? []).map((each) => permissionNames.get(each.permission_id))
          return toRole(role, names.sort())
        }),
        list('organizations', organizations.get(id), toOrganization),
        list('users', users.get(id), (user) => toUser(user, memberships.get(user.id) ?? [])),
        ...registry.map(({ kind, rows }) =>
          list(kind, rows.get(id), (one) => toRegistryEntry(kind, { ...one })),
        ),
      ],
    })),
  }
}

async function readTables(db: Kysely<Schema>) {
  const registry = []
  for (const kind of REGISTRY_KINDS) registry.push({ kind, rows: await readRows(db, kind, ['id']) })
  return {
    environments: await readRows(db, 'environments', ['id']),
    members: await readRows(db, 'members', ['id']),
    clients: await readRows(db, 'clients', ['id']),
    resources: await readRows(db, 'resources', ['id']),
    permissions: await readRows(db, 'permissions', ['id']),
    roles: await readRows(db, 'roles', ['id']),
    role_permissions: await readRows(db, 'role_permissions', ['role_id', 'permission_id']),
    organizations: await readRows(db, 'organizations', ['id']),
    users: await readRows(db, 'users', ['id']),
    memberships: await readRows(db, 'memberships', ['organization_id', 'user_id']),
    registry,
  }
}

function groupBy<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const group = groups.get(keyOf(row))
    if (group) group.push(row)
    else groups.set(keyOf(row), [row])
  }
  return groups
}

function toMember({ id, email, role, first_name, last_name, ...row }: Schema['members']) {
  return { ...present({ id, email, role, first_name, last_name }), ...extras(row) }
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

function toPermission({ id, name, description, ...row }: Schema['permissions']) {
  return { id, name, description, ...stamps(row) }
}

function toRole(
  { id, name, display_name, description, organization_id, extends: base, ...row }: Schema['roles'],
  permissions: readonly (string | undefined)[],
) {
  return {
    ...present({ id, name, display_name, description, organization: organization_id, extends: base }),
    default_creator: Boolean(row.default_creator),
    default_member: Boolean(row.default_member),
    permissions,
    ...stamps(row),
  }
}

function toOrganization({ id, display_name, external_id, slug, ...row }: Schema['organizations']) {
  return { ...present({ id, display_name, external_id, slug }), ...extras(row) }
}

function toUser(
  { id, email, external_id, ...row }: Schema['users'],
  memberships: readonly Schema['memberships'][],
) {
  return {
    ...present({ id, email, external_id }),
    ...extras(row),
    memberships: memberships.map(toMembership),
  }
}

function toMembership({ organization_id, status, roles, ...row }: Schema['memberships']) {
  return { organization: organization_id, status, roles: JSON.parse(roles), ...extras(row) }
}

function extras(row: { data: string; created_at: number; updated_at: number }) {
  return { data: JSON.parse(row.data), ...stamps(row) }
}
