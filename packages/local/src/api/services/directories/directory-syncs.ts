import type { JsonObject } from '@bufbuild/protobuf'
import type { HandlerContext, ServiceImpl } from '@connectrpc/connect'
import type { DirectoryService } from '@scalekit-mcp/api'
import type { Kysely } from 'kysely'
import { directoryData, findDirectory } from '../../../domain/directories/directory-data.js'
import {
  setDirectoryContext,
  syncDirectory,
  trackGroups,
} from '../../../domain/directories/sync-directory.js'
import { findOrganization } from '../../../domain/organizations/organization-data.js'
import type { Store } from '../../../domain/store.js'
import type { Schema } from '../../../storage/schema.js'
import { environmentOf } from '../../request-context.js'

/** Syncs of directories, and the data that applications store with a directory. */
export function directorySyncHandlers({
  database,
  clock,
}: Store): Partial<ServiceImpl<typeof DirectoryService>> {
  return {
    async assignGroupsForDirectory({ organizationId, id, externalIds }, context) {
      return database.transaction(async (db) => {
        await trackGroups(db, clock, await find(db, context, organizationId, id), externalIds)
        return {}
      })
    },

    async triggerDirectorySync({ organizationId, directoryId }, context) {
      return database.transaction(async (db) => {
        await syncDirectory(db, clock, await find(db, context, organizationId, directoryId))
        return {}
      })
    },

    async getDirectoryContext({ organizationId, directoryId }, context) {
      const row = await find(database.db, context, organizationId, directoryId)
      return { context: directoryData(row).context as JsonObject }
    },

    async updateDirectoryContext({ organizationId, directoryId, context: kept = {} }, context) {
      return database.transaction(async (db) => {
        const row = await find(db, context, organizationId, directoryId)
        await setDirectoryContext(db, clock, row, kept)
        return {}
      })
    },
  }

  async function find(db: Kysely<Schema>, context: HandlerContext, organization: string, id: string) {
    await findOrganization(db, environmentOf(context), { id: organization })
    return findDirectory(db, organization, id)
  }
}
