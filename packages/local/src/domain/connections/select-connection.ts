import type { Kysely } from 'kysely'
import type { ConnectionRow } from '../../storage/registry-schema.js'
import type { Schema } from '../../storage/schema.js'
import { domainOf } from '../domains/domain-data.js'
import { connectionData } from './connection-data.js'
import { connectionOfDomain, signInConnections } from './domain-connections.js'
import { ownLogins } from './own-login.js'
import { SignInRefusal } from './sign-in-refusal.js'

/** The parameters of an authorization request that choose a connection. The first that is given counts. */
export const SELECTORS = ['provider', 'connection_id', 'organization_id', 'domain', 'domain_hint'] as const

export type SelectingParams = Partial<Record<(typeof SELECTORS)[number] | 'login_hint', unknown>>

type Db = Kysely<Schema>

/**
 * The connection that a request signs in through; undefined when the person signs in here: it names none, an organization
 * without a connection, or a domain that no connection serves. Throws a `SignInRefusal` with Scalekit's code for a
 * provider, connection or organization that does not exist.
 */
export async function connectionFor(
  db: Db,
  environment: string,
  params: SelectingParams,
): Promise<ConnectionRow | undefined> {
  const text = (name: keyof SelectingParams) =>
    typeof params[name] === 'string' && params[name] !== '' ? params[name] : undefined
  const provider = text('provider')
  if (provider !== undefined) return byProvider(db, environment, provider)
  const id = text('connection_id')
  if (id !== undefined) return byId(db, environment, id)
  const organization = text('organization_id')
  if (organization !== undefined) return ofOrganization(db, environment, organization)
  const domain = text('domain') ?? text('domain_hint')
  if (domain !== undefined) return connectionOfDomain(db, environment, domain)
  const hint = text('login_hint')
  return hint?.includes('@') ? connectionOfDomain(db, environment, domainOf(hint)) : undefined
}

/** The connection that signs in the users of an MCP server, by its name. Throws a `SignInRefusal` where there is none. */
export async function connectionNamed(db: Db, environment: string, name: string): Promise<ConnectionRow> {
  return usable(await findConnectionNamed(db, environment, name), name)
}

/** The connection that a name stands for, its `key_id` or its id, enabled or not. */
export async function findConnectionNamed(
  db: Db,
  environment: string,
  name: string,
): Promise<ConnectionRow | undefined> {
  const named = await signInConnections(db, environment)
    .where((where) => where.or([where('key_id', '=', name), where('id', '=', name)]))
    .execute()
  const found = named.find((row) => !connectionData(row).is_app)
  return found ?? ownLogins(db, environment).where('id', '=', name).executeTakeFirst()
}

async function byId(db: Db, environment: string, id: string): Promise<ConnectionRow> {
  return usable(await signInConnections(db, environment).where('id', '=', id).executeTakeFirst(), id)
}

function usable(row: ConnectionRow | undefined, name: string): ConnectionRow {
  if (row === undefined || connectionData(row).is_app) {
    throw new SignInRefusal('invalid_connection_selector', `There is no connection ${name} to sign in with.`)
  }
  if (!row.enabled) {
    throw new SignInRefusal('connection_not_active', `The connection ${name} is not enabled.`)
  }
  return row
}

async function ofOrganization(db: Db, environment: string, id: string): Promise<ConnectionRow | undefined> {
  const found = await db
    .selectFrom('organizations')
    .select('id')
    .where('environment_id', '=', environment)
    .where('id', '=', id)
    .executeTakeFirst()
  if (found === undefined) {
    throw new SignInRefusal('invalid_organization_id', `There is no organization ${id} in this environment.`)
  }
  return activeConnection(db, environment, id)
}

async function byProvider(db: Db, environment: string, provider: string): Promise<ConnectionRow> {
  const rows = await signInConnections(db, environment)
    .where('organization_id', 'is', null)
    .where('enabled', '=', 1)
    .orderBy('id')
    .execute()
  const named = [provider.toUpperCase(), provider.toLowerCase()]
  const found = rows.find((row) => {
    const { is_app, provider_key } = connectionData(row)
    return !is_app && [row.provider, provider_key].some((name) => named.includes(name))
  })
  if (found !== undefined) return found
  throw new SignInRefusal('no_active_connections', `No connection of the provider ${provider} is enabled.`)
}

/** The first connection of an organization that is enabled. */
export async function activeConnection(
  db: Db,
  environment: string,
  organization: string,
): Promise<ConnectionRow | undefined> {
  const rows = await signInConnections(db, environment)
    .where('organization_id', '=', organization)
    .where('enabled', '=', 1)
    .orderBy('id')
    .execute()
  return rows.find((row) => !connectionData(row).is_app)
}
