import { randomBytes } from 'node:crypto'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import { newId } from '../../storage/ids.js'
import type { ConnectionRow } from '../../storage/registry-schema.js'
import type { ResourceRow, Schema } from '../../storage/schema.js'
import { invalid, notFound } from '../domain-error.js'
import { environmentType } from '../environments/environment-type.js'
import { createTickets } from '../sessions/tickets.js'
import type { DataStore } from '../store.js'
import { AssertedIdentity } from '../users/asserted-identity.js'
import { ConnectionData, type ConnectionScope, connectionData, OWN_LOGIN } from './connection-data.js'
import { readSetting } from './connection-settings.js'

/** How long somebody has at the login page. Source: Scalekit's documentation of bring-your-own authentication. */
export const LOGIN_SECONDS = 600

const LoginRequest = z.object({
  connection: z.string(),
  /** Milliseconds since the epoch. */
  expires_at: z.number(),
  /** What the application said; undefined while the person is at its login page. */
  answer: z
    .union([z.object({ identity: AssertedIdentity }), z.object({ failed: z.literal(true) })])
    .optional(),
})
type LoginRequest = z.infer<typeof LoginRequest>
export type LoginAnswer = NonNullable<LoginRequest['answer']>

function loginRequests(store: DataStore, environment: string) {
  return createTickets(store, environment, 'LoginRequest', LoginRequest)
}

/** The connections to login pages of their own, of all MCP servers of an environment. */
export function ownLogins(db: Kysely<Schema>, environment: string) {
  return db
    .selectFrom('connections')
    .selectAll()
    .where('environment_id', '=', environment)
    .where('type', '=', OWN_LOGIN)
}

/** The connection of an MCP server to a login page of its own, if it has one. */
export function ownLoginOf(db: Kysely<Schema>, { realm, id }: ResourceRow) {
  return ownLogins(db, realm).where('key_id', '=', id).executeTakeFirst()
}

/** Creates that connection where there is none. It signs nobody in until it has the address of the page. */
export async function ensureOwnLogin(
  db: Kysely<Schema>,
  resource: ResourceRow,
  now: number,
): Promise<ConnectionRow> {
  const existing = await ownLoginOf(db, resource)
  if (existing) return existing
  const row: ConnectionRow = {
    ...{ id: newId('conn'), environment_id: resource.realm, organization_id: null },
    ...{ type: OWN_LOGIN, provider: 'CUSTOM', key_id: resource.id, status: 'DRAFT', enabled: 0 },
    // The application knows its people best: their profile is what it says at each sign-in.
    data: JSON.stringify(ConnectionData.parse({ settings: { syncUserProfileOnLogin: true } })),
    ...{ created_at: now, updated_at: now },
  }
  await db.insertInto('connections').values(row).execute()
  return row
}

/**
 * Lets people of an MCP server sign in at a page of the developer's own.
 * @throws {DomainError} `invalid` for an address that is no http(s) URL, or not https in a PRD environment
 */
export async function setOwnLogin(
  db: Kysely<Schema>,
  resource: ResourceRow,
  authorizeUri: string,
  now: number,
): Promise<ConnectionRow> {
  const field = 'resource.custom_connection_settings.authorize_uri'
  const { value, problem } = readSetting(
    'authorizeUri',
    authorizeUri,
    await environmentType(db, resource.realm),
  )
  const description = value ? problem : (problem ?? 'must be the URL of the login page')
  if (description !== undefined) throw invalid(`${field}: ${description}`, [{ field, description }])
  const row = await ensureOwnLogin(db, resource, now)
  const data = connectionData(row)
  const settings = { ...data.settings, authorizeUri: value ?? '' }
  const changes = { status: 'COMPLETED', enabled: 1, updated_at: now } as const
  const changed = { ...row, ...changes, data: JSON.stringify({ ...data, settings }) }
  await db.updateTable('connections').set(changed).where('id', '=', row.id).execute()
  return changed
}

/** Begins a login at the page of an application. Gives the `login_request_id` that the page gets. */
export async function beginOwnLogin(store: DataStore, connection: ConnectionRow): Promise<string> {
  const id = `lri_${randomBytes(24).toString('base64url')}`
  const request = { connection: connection.id, expires_at: store.clock.now() + LOGIN_SECONDS * 1000 }
  await loginRequests(store, connection.environment_id).put(id, request, LOGIN_SECONDS)
  return id
}

/**
 * What an application says about the login that it was asked for: who signed in, or that nobody did.
 * @throws {DomainError} `not_found` for another connection, or a login that is finished, expired or unknown
 */
export async function answerOwnLogin(
  store: DataStore,
  { environment }: Pick<ConnectionScope, 'environment'>,
  { connection, loginRequest }: { readonly connection: string; readonly loginRequest: string },
  answer: LoginAnswer,
): Promise<void> {
  const known = await ownLogins(store.database.db, environment)
    .where('id', '=', connection)
    .executeTakeFirst()
  if (!known) {
    throw notFound(
      `There is no connection ${JSON.stringify(connection)} to a login page of your own: EnsureResourceConnection of the MCP server gives its id (conn_…)`,
    )
  }
  const requests = loginRequests(store, environment)
  const request = await requests.get(loginRequest)
  if (request?.connection !== known.id) {
    throw notFound(
      'The login request is unknown, finished or expired: let the person start again in the MCP client',
    )
  }
  const left = Math.ceil((request.expires_at - store.clock.now()) / 1000)
  await requests.put(loginRequest, { ...request, answer }, left)
}

/** Ends a login. Gives what the application said, once; undefined where it has said nothing. */
export async function endOwnLogin(
  store: DataStore,
  environment: string,
  loginRequest: string,
): Promise<LoginAnswer | undefined> {
  return (await loginRequests(store, environment).take(loginRequest))?.answer
}
