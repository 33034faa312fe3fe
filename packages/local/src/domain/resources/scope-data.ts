import type { Kysely } from 'kysely'
import { z } from 'zod'
import { newId } from '../../storage/ids.js'
import type { ScopeRow } from '../../storage/registry-schema.js'
import type { ResourceRow, Schema } from '../../storage/schema.js'
import { invalid, notFound } from '../domain-error.js'

/** The rule of `Scope.name`; identity scopes of OpenID Connect are not among an environment's. */
const NAME = /^[a-zA-Z0-9:]{1,64}$/

export const scopesOf = (db: Kysely<Schema>, environment: string) =>
  db.selectFrom('scopes').where('environment_id', '=', environment)

/** @throws {DomainError} `not_found`, also for a scope of another environment */
export async function findScope(db: Kysely<Schema>, environment: string, id: string): Promise<ScopeRow> {
  const row = await scopesOf(db, environment).selectAll().where('id', '=', id).executeTakeFirst()
  if (row) return row
  throw notFound(`There is no scope ${JSON.stringify(id)} in this environment`)
}

/**
 * The names of the scopes that a request gives by name or by id. A name that is new becomes a scope of the
 * environment: that is how scopes are made since `CreateScope` is deprecated.
 * @throws {DomainError} `invalid` for what can be no name, `not_found` for an id
 */
export async function scopeNames(
  db: Kysely<Schema>,
  environment: string,
  now: number,
  wanted: readonly string[],
): Promise<string[]> {
  const known = await scopesOf(db, environment).selectAll().execute()
  const names = wanted.map((one) => {
    const row = known.find(({ id, name }) => id === one || name === one)
    if (row) return row.name
    if (one.startsWith('scp_')) throw notFound(`There is no scope ${one} in this environment`)
    if (NAME.test(one)) return one
    const description = 'a scope has 1 to 64 letters, digits and colons'
    throw invalid(`resource.scopes: ${description}`, [{ field: 'resource.scopes', description }])
  })
  const unique = [...new Set(names)]
  for (const name of unique.filter((one) => !known.some((row) => row.name === one))) {
    await db
      .insertInto('scopes')
      .values(newScope(environment, now, name, ''))
      .execute()
  }
  return unique
}

export function newScope(environment: string, now: number, name: string, description: string): ScopeRow {
  return {
    id: newId('scp'),
    environment_id: environment,
    name,
    description,
    enabled: 1,
    created_at: now,
    updated_at: now,
  }
}

export function resourceScopes(row: Pick<ResourceRow, 'scopes'>): string[] {
  return z.array(z.string()).parse(JSON.parse(row.scopes))
}
