import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { ConnectionRow } from '../../storage/registry-schema.js'
import type { Schema } from '../../storage/schema.js'
import { notFound } from '../domain-error.js'

/** The type of a connection that leads to a login page of the developer's own. It belongs to one MCP server. */
export const OWN_LOGIN = 'CUSTOM'

/** The forms that the settings of a connection have, by the names of the API. */
export const SETTINGS = [
  'oidcConfig',
  'samlConfig',
  'oauthConfig',
  'passwordlessConfig',
  'staticConfig',
  'webauthnConfig',
  'googleDwdConfig',
] as const
export type SettingsCase = (typeof SETTINGS)[number]

/** What a connection has beside its columns. `settings` is what was sent, as JSON of its message. */
export const ConnectionData = z.object({
  provider_key: z.string().default(''),
  ui_button_title: z.string().default(''),
  debug_enabled: z.boolean().default(false),
  configuration_type: z.enum(['DISCOVERY', 'MANUAL']).optional(),
  attribute_mapping: z.record(z.string(), z.string()).default({}),
  /** A connection that agents use on behalf of people, and nobody signs in with. */
  is_app: z.boolean().default(false),
  /** Data of the application. */
  context: z.record(z.string(), z.json()).default({}),
  settings_case: z.enum(SETTINGS).optional(),
  settings: z.record(z.string(), z.json()).default({}),
})
export type ConnectionData = z.infer<typeof ConnectionData>
export type JsonObject = ConnectionData['settings']

export function connectionData(row: Pick<ConnectionRow, 'data'>): ConnectionData {
  return ConnectionData.parse(JSON.parse(row.data))
}

/** Where a connection lives: in an environment, or in one of its organizations. */
export interface ConnectionScope {
  readonly environment: string
  readonly organization: string | null
}

export function connectionsIn(db: Kysely<Schema>, { environment, organization }: ConnectionScope) {
  return (
    db
      .selectFrom('connections')
      .where('environment_id', '=', environment)
      // Those are shown with their MCP server.
      .where('type', '!=', OWN_LOGIN)
      .where('organization_id', organization === null ? 'is' : '=', organization)
  )
}

/** @throws {DomainError} `not_found`, also for a connection that lives elsewhere */
export async function findConnection(
  db: Kysely<Schema>,
  scope: ConnectionScope,
  id: string,
): Promise<ConnectionRow> {
  const row = await connectionsIn(db, scope).selectAll().where('id', '=', id).executeTakeFirst()
  if (row) return row
  const where = scope.organization === null ? 'environment' : `organization ${scope.organization}`
  throw notFound(`There is no connection ${JSON.stringify(id)} in this ${where}`)
}

/**
 * Finds a connection of the environment or of any of its organizations.
 * @throws {DomainError} `not_found`
 */
export async function connectionWithId(
  db: Kysely<Schema>,
  environment: string,
  id: string,
): Promise<ConnectionRow> {
  const row = await db
    .selectFrom('connections')
    .selectAll()
    .where('environment_id', '=', environment)
    .where('type', '!=', OWN_LOGIN)
    .where('id', '=', id)
    .executeTakeFirst()
  if (row) return row
  throw notFound(`There is no connection ${JSON.stringify(id)} in this environment`)
}

/** Types that work as they are: there is nothing to configure. */
const READY: readonly string[] = [
  'PASSWORD',
  'PASSWORDLESS',
  'WEBAUTHN',
  'BASIC',
  'BEARER',
  'API_KEY',
  'NO_AUTH',
  'TRUSTED_IDP',
]

/**
 * How far a connection is configured: a draft until something is set, completed when all is there that a
 * sign-in needs.
 */
export function statusOf(row: Pick<ConnectionRow, 'type' | 'provider' | 'data'>): ConnectionRow['status'] {
  const { settings } = connectionData(row)
  const has = (...names: string[]) => names.every((name) => Boolean(settings[name]))
  if (READY.includes(row.type) || row.provider === 'IDP_SIMULATOR') return 'COMPLETED'
  const completed: Readonly<Record<string, boolean>> = {
    // Without an issuer, an ID token cannot be checked (OpenID Connect Core, section 3.1.3.7).
    OIDC: has('clientId', 'clientSecret') && (has('issuer') || has('discoveryEndpoint')),
    SAML: has('idpMetadataUrl') || has('idpEntityId', 'idpSsoUrl', 'idpCertificate'),
    OAUTH: has('usePlatformCreds') || has('clientId', 'clientSecret'),
    GOOGLE_DWD: has('serviceAccountJson'),
  }
  if (completed[row.type] ?? Object.keys(settings).length > 0) return 'COMPLETED'
  return Object.keys(settings).length > 0 ? 'IN_PROGRESS' : 'DRAFT'
}
