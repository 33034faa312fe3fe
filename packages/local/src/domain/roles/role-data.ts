import type { Kysely } from 'kysely'
import type { RoleRow, Schema } from '../../storage/schema.js'
import { notFound } from '../domain-error.js'

/** Where a role lives: in an environment, or in one of its organizations. */
export interface RoleScope {
  readonly environment: string
  readonly organization: string | null
}

/** The roles that live in one scope. */
export function rolesIn(db: Kysely<Schema>, { environment, organization }: RoleScope) {
  const query = db.selectFrom('roles').where('environment_id', '=', environment)
  return organization === null
    ? query.where('organization_id', 'is', null)
    : query.where('organization_id', '=', organization)
}

/** @throws {DomainError} `not_found` for a name that this scope has no role of its own for */
export async function findRole(db: Kysely<Schema>, scope: RoleScope, name: string): Promise<RoleRow> {
  const row = await rolesIn(db, scope).selectAll().where('name', '=', name).executeTakeFirst()
  return row ?? noSuchRole(scope, name)
}

/** @throws {DomainError} `not_found`, always */
export function noSuchRole({ organization }: RoleScope, name: string): never {
  const where = organization === null ? 'this environment' : `organization ${organization}`
  throw notFound(`There is no role ${name} in ${where}`)
}

/** The roles that extend a role of this scope. */
export async function dependentsOf(db: Kysely<Schema>, scope: RoleScope, name: string): Promise<RoleRow[]> {
  const query = db.selectFrom('roles').selectAll().where('environment_id', '=', scope.environment)
  const extending = query.where('extends', '=', name).orderBy('id')
  return scope.organization === null
    ? extending.execute()
    : extending.where('organization_id', '=', scope.organization).execute()
}
