import type { Kysely } from 'kysely'
import { withSecret } from '../domain/clients/secrets.js'
import {
  createConnection,
  toggleConnection,
  updateConnection,
} from '../domain/connections/connection-changes.js'
import type { ConnectionScope } from '../domain/connections/connection-data.js'
import type { SentSettings } from '../domain/connections/connection-settings.js'
import { findDirectory } from '../domain/directories/directory-data.js'
import { newId } from '../storage/ids.js'
import type { ConnectionRow, DirectoryRow } from '../storage/registry-schema.js'
import type { Schema } from '../storage/schema.js'

type Db = Kysely<Schema>

/** Whose portal it is. */
export type PortalScope = ConnectionScope & { organization: string }

/** Connects the simulator, and enables it. */
export async function connectSimulator(db: Db, scope: PortalScope, now: number): Promise<ConnectionRow> {
  const wanted = { type: 'OIDC', provider: 'IDP_SIMULATOR' }
  const row = await createConnection(db, scope, now, wanted, false)
  await toggleConnection(db, scope, now, row.id, true)
  return row
}

/** Writes the settings of a connection, which is made first if there is none. @throws {DomainError} for wrong ones */
export async function saveConnection(
  db: Db,
  scope: PortalScope,
  now: number,
  target: { id: string } | { type: 'OIDC' | 'SAML' },
  settings: SentSettings,
): Promise<ConnectionRow> {
  const id = 'id' in target ? target.id : (await newConnection(db, scope, now, target.type)).id
  return updateConnection(db, scope, now, id, { settings })
}

function newConnection(db: Db, scope: PortalScope, now: number, type: 'OIDC' | 'SAML') {
  return createConnection(db, scope, now, { type, provider: 'CUSTOM' }, false)
}

/** A new directory, which needs a token before anybody can fill it. */
export async function addDirectory(db: Db, scope: PortalScope, now: number): Promise<DirectoryRow> {
  const row: DirectoryRow = {
    id: newId('dir'),
    environment_id: scope.environment,
    organization_id: scope.organization,
    ...{ type: 'SCIM', provider: 'CUSTOM', name: 'SCIM directory', enabled: 0, secrets: '[]', data: '{}' },
    created_at: now,
    updated_at: now,
  }
  await db.insertInto('directories').values(row).execute()
  return row
}

/** A new token for a directory; with the first one, it is enabled. @throws {DomainError} `not_found` */
export async function addDirectoryToken(
  db: Db,
  scope: PortalScope,
  now: number,
  id: string,
): Promise<string> {
  const row = await findDirectory(db, scope.organization, id)
  const { plain, secrets } = withSecret(row, now)
  const first = JSON.parse(row.secrets).length === 0
  await db
    .updateTable('directories')
    .set({ secrets, enabled: first ? 1 : row.enabled, updated_at: now })
    .where('id', '=', id)
    .execute()
  return plain
}

/** @throws {DomainError} `not_found` */
export async function toggleDirectory(
  db: Db,
  scope: PortalScope,
  now: number,
  id: string,
  enabled: boolean,
): Promise<void> {
  await findDirectory(db, scope.organization, id)
  await db
    .updateTable('directories')
    .set({ enabled: Number(enabled), updated_at: now })
    .where('id', '=', id)
    .execute()
}
