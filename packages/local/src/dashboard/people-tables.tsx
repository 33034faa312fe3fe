import type { Kysely } from 'kysely'
import { z } from 'zod'
import { listPeople } from '../domain/users/people.js'
import { type DataTableView, Id, State } from '../http/page/data-table.js'
import type { Schema } from '../storage/schema.js'
import { countIn } from './read-overview.js'

/** How many rows of a kind a page shows. */
export const ROWS_SHOWN = 100

type Db = Kysely<Schema>

const Roles = z.array(z.string())

export async function organizationsTable(db: Db, environment: string): Promise<DataTableView> {
  const rows = await db
    .selectFrom('organizations')
    .selectAll()
    .where('environment_id', '=', environment)
    .orderBy('id')
    .limit(ROWS_SHOWN)
    .execute()
  return {
    title: 'Organizations',
    total: await countIn(db, 'organizations', environment),
    columns: ['Name', 'Id', 'External id'],
    rows: rows.map(({ display_name, id, external_id }) => [display_name, <Id>{id}</Id>, external_id ?? '–']),
    empty: 'No organization yet.',
  }
}

export async function usersTable(db: Db, environment: string): Promise<DataTableView> {
  const people = await listPeople({ db }, environment, ROWS_SHOWN)
  const memberships = await db
    .selectFrom('memberships')
    .innerJoin('organizations', 'organizations.id', 'memberships.organization_id')
    .select(['memberships.user_id', 'memberships.roles', 'memberships.status', 'organizations.display_name'])
    .where('organizations.environment_id', '=', environment)
    .orderBy('memberships.created_at')
    .orderBy('organizations.id')
    .execute()
  return {
    title: 'Users',
    total: await countIn(db, 'users', environment),
    columns: ['Name', 'E-mail', 'Id', 'Organizations'],
    rows: people.map(({ id, name, email }) => [
      name,
      email,
      <Id>{id}</Id>,
      <ul>
        {memberships
          .filter(({ user_id }) => user_id === id)
          .map(({ display_name, roles, status }) => (
            <li>
              {display_name} ({Roles.parse(JSON.parse(roles)).join(', ') || 'no role'}){' '}
              {status !== 'ACTIVE' && <State>{words(status)}</State>}
            </li>
          ))}
      </ul>,
    ]),
    empty: 'No user yet.',
  }
}

export async function rolesTable(db: Db, environment: string): Promise<DataTableView> {
  const roles = await db
    .selectFrom('roles')
    .leftJoin('organizations', 'organizations.id', 'roles.organization_id')
    .selectAll('roles')
    .select('organizations.display_name as organization')
    .where('roles.environment_id', '=', environment)
    .orderBy('roles.id')
    .limit(ROWS_SHOWN)
    .execute()
  const granted = await db
    .selectFrom('role_permissions')
    .innerJoin('permissions', 'permissions.id', 'role_permissions.permission_id')
    .select(['role_permissions.role_id', 'permissions.name'])
    .where('permissions.environment_id', '=', environment)
    .orderBy('permissions.name')
    .execute()
  return {
    title: 'Roles',
    columns: ['Role', 'Of', 'Given to', 'Permissions'],
    rows: roles.map((role) => [
      <>
        {role.display_name} <Id>{role.name}</Id>
      </>,
      role.organization ?? 'every organization',
      role.default_creator ? 'creators' : role.default_member ? 'members' : '–',
      granted
        .filter(({ role_id }) => role_id === role.id)
        .map(({ name }) => name)
        .join(', ') || '–',
    ]),
    empty: 'No role yet.',
  }
}

export async function membersTable(db: Db): Promise<DataTableView> {
  const people = await listPeople({ db }, 'workspace', ROWS_SHOWN)
  return {
    title: 'Members',
    columns: ['Name', 'E-mail', 'Id', 'Role'],
    rows: people.map(({ id, name, email, role }) => [name, email, <Id>{id}</Id>, role]),
    empty: 'No member yet.',
  }
}

/** `PENDING_INVITE` as a person reads it. */
export function words(name: string): string {
  return name.toLowerCase().replaceAll('_', ' ')
}
