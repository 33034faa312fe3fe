import { Code, type HandlerContext, type ServiceImpl } from '@connectrpc/connect'
import { apiError, type DirectoryService, directories } from '@scalekit-mcp/api'
import type { Kysely } from 'kysely'
import { newSecret, readSecrets, withSecret } from '../../../domain/clients/secrets.js'
import { deleteDirectory } from '../../../domain/directories/delete-directory.js'
import { contentOf, findDirectory } from '../../../domain/directories/directory-data.js'
import { findOrganization } from '../../../domain/organizations/organization-data.js'
import type { Store } from '../../../domain/store.js'
import { newId } from '../../../storage/ids.js'
import type { DirectoryRow } from '../../../storage/registry-schema.js'
import type { Schema } from '../../../storage/schema.js'
import { required } from '../../identity.js'
import { toDirectory, toDirectorySecret } from '../../messages/directory-message.js'
import { environmentOf } from '../../request-context.js'

/** The directories of organizations, which a customer's identity provider fills over SCIM. */
export function directoryHandlers({
  database,
  clock,
  baseUrl,
}: Store): Partial<ServiceImpl<typeof DirectoryService>> {
  return {
    async createDirectory({ organizationId, directory }, context) {
      const { directoryType, directoryProvider } = required(directory, 'directory')
      if (directoryType !== directories.DirectoryType.SCIM) {
        throw apiError(Code.Unimplemented, 'The local environment has SCIM directories only')
      }
      const provider = directories.DirectoryProvider[directoryProvider] ?? ''
      const now = clock.now()
      const row: DirectoryRow = {
        id: newId('dir'),
        environment_id: environmentOf(context),
        organization_id: organizationId,
        type: 'SCIM',
        provider,
        name: directoryProvider === 0 ? 'SCIM directory' : `${provider} directory`,
        enabled: 0,
        secrets: '[]',
        data: '{}',
        created_at: now,
        updated_at: now,
      }
      return database.transaction(async (db) => {
        await findOrganization(db, row.environment_id, { id: organizationId })
        await db.insertInto('directories').values(row).execute()
        return { directory: await shown(db, row) }
      })
    },

    async getDirectory({ organizationId, id }, context) {
      const row = await find(database.db, context, organizationId, id)
      return { directory: await shown(database.db, row) }
    },

    async listDirectories({ organizationId }, context) {
      const { db } = database
      await findOrganization(db, environmentOf(context), { id: organizationId })
      const rows = await db
        .selectFrom('directories')
        .selectAll()
        .where('organization_id', '=', organizationId)
        .orderBy('id', 'desc')
        .execute()
      const ids = rows.map(({ id }) => id)
      const content = await contentOf(db, ids)
      return { directories: rows.map((row) => toDirectory(row, content, baseUrl)) }
    },

    async updateDirectory({ organizationId, id, directory }, context) {
      const { name, directoryProvider } = required(directory, 'directory')
      const provider = directories.DirectoryProvider[directoryProvider]
      return database.transaction(async (db) => {
        const row = await find(db, context, organizationId, id)
        const changes = { ...(name && { name }), ...(directoryProvider !== 0 && provider && { provider }) }
        return { directory: await shown(db, await save(db, { ...row, ...changes })) }
      })
    },

    async deleteDirectory({ organizationId, id }, context) {
      await database.transaction(async (db) => {
        await deleteDirectory(db, clock, await find(db, context, organizationId, id))
      })
      return {}
    },

    async enableDirectory({ organizationId, id }, context) {
      return database.transaction(async (db) => {
        const row = await find(db, context, organizationId, id)
        if (readSecrets(row).length === 0) {
          throw apiError(
            Code.FailedPrecondition,
            `Nothing can fill the directory ${id}: create a secret for it first`,
          )
        }
        await save(db, { ...row, enabled: 1 })
        return { enabled: true }
      })
    },

    async disableDirectory({ organizationId, id }, context) {
      return database.transaction(async (db) => {
        await save(db, { ...(await find(db, context, organizationId, id)), enabled: 0 })
        return { enabled: false }
      })
    },

    async createDirectorySecret({ organizationId, directoryId }, context) {
      return database.transaction(async (db) => {
        const row = await find(db, context, organizationId, directoryId)
        const { plain, secret, secrets } = withSecret(row, clock.now())
        await save(db, { ...row, secrets })
        return { plainSecret: plain, secret: toDirectorySecret(secret, row.id) }
      })
    },

    /** One secret in place of all that there were. */
    async regenerateDirectorySecret({ organizationId, directoryId }, context) {
      return database.transaction(async (db) => {
        const row = await find(db, context, organizationId, directoryId)
        const { plain, secret } = newSecret(clock.now())
        await save(db, { ...row, secrets: JSON.stringify([secret]) })
        return { plainSecret: plain, secret: toDirectorySecret(secret, row.id) }
      })
    },
  }

  async function find(db: Kysely<Schema>, context: HandlerContext, organization: string, id: string) {
    await findOrganization(db, environmentOf(context), { id: organization })
    return findDirectory(db, organization, id)
  }

  async function shown(db: Kysely<Schema>, row: DirectoryRow) {
    return toDirectory(row, await contentOf(db, [row.id]), baseUrl)
  }

  async function save(db: Kysely<Schema>, row: DirectoryRow): Promise<DirectoryRow> {
    const updated = { ...row, updated_at: clock.now() }
    await db.updateTable('directories').set(updated).where('id', '=', row.id).execute()
    return updated
  }
}
