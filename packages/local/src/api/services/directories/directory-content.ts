import type { JsonObject } from '@bufbuild/protobuf'
import { type Timestamp, timestampFromMs, timestampMs } from '@bufbuild/protobuf/wkt'
import type { HandlerContext, ServiceImpl } from '@connectrpc/connect'
import type { DirectoryService } from '@scalekit-mcp/api'
import type { Kysely } from 'kysely'
import { contentOf, findDirectory } from '../../../domain/directories/directory-data.js'
import { assignGroupRoles, mapAttributes } from '../../../domain/directories/role-assignments.js'
import { findOrganization } from '../../../domain/organizations/organization-data.js'
import type { Store } from '../../../domain/store.js'
import type { Schema } from '../../../storage/schema.js'
import { toDirectoryGroup } from '../../messages/directory-message.js'
import { pageOf, readPage } from '../../page.js'
import { environmentOf } from '../../request-context.js'

/** What directories have sent, and what of it means which role. */
export function directoryContentHandlers({
  database,
  clock,
}: Store): Partial<ServiceImpl<typeof DirectoryService>> {
  return {
    async listDirectoryUsers(request, context) {
      const { organizationId, directoryId, directoryGroupId = '', updatedAfter, includeDetail } = request
      await find(database.db, context, organizationId, directoryId)
      const content = await contentOf(database.db, [directoryId])
      const found = content.users
        .filter(({ user }) => !directoryGroupId || user.groups.includes(directoryGroupId))
        .filter(({ updated_at }) => isAfter(updated_at, updatedAfter))
      const page = readPage(['directory users', directoryId, directoryGroupId], request)
      const { rows, tokens } = pageOf(page, found)
      return {
        ...tokens,
        users: rows.map(({ id, user, updated_at }) => ({
          id,
          email: user.email,
          emails: user.emails,
          preferredUsername: user.preferred_username,
          givenName: user.given_name,
          familyName: user.family_name,
          updatedAt: timestampFromMs(updated_at),
          groups: content.groups
            .filter((group) => user.groups.includes(group.id))
            .map((group) => toDirectoryGroup(group, content, false)),
          ...(includeDetail && { userDetail: user.detail as JsonObject }),
        })),
      }
    },

    async listDirectoryGroups(request, context) {
      const { organizationId, directoryId, updatedAfter, includeDetail = false } = request
      await find(database.db, context, organizationId, directoryId)
      const content = await contentOf(database.db, [directoryId])
      const found = content.groups.filter(({ updated_at }) => isAfter(updated_at, updatedAfter))
      const { rows, tokens } = pageOf(readPage(['directory groups', directoryId], request), found)
      return { ...tokens, groups: rows.map((row) => toDirectoryGroup(row, content, includeDetail)) }
    },

    async listDirectoryGroupsSummary({ organizationId, directoryId }, context) {
      await find(database.db, context, organizationId, directoryId)
      const content = await contentOf(database.db, [directoryId])
      return {
        totalSize: content.groups.length,
        groups: content.groups.map((row) => toDirectoryGroup(row, content, false)),
      }
    },

    async assignRoles({ organizationId, id, roleAssignments }, context) {
      const wanted = roleAssignments?.assignments ?? []
      return database.transaction(async (db) => {
        const row = await find(db, context, organizationId, id)
        const assigned = wanted.map(({ groupId, roleName }) => ({ group_id: groupId, role_name: roleName }))
        await assignGroupRoles(db, clock, row, assigned)
        return { roleAssignments: { assignments: wanted } }
      })
    },

    async updateAttributes({ organizationId, id, attributeMapping }, context) {
      const attributes = attributeMapping?.attributes ?? []
      return database.transaction(async (db) => {
        const row = await find(db, context, organizationId, id)
        const mapped = attributes.map(({ key, mapTo }) => ({ key, map_to: mapTo }))
        await mapAttributes(db, clock, row, mapped)
        return { attributeMappings: { attributes } }
      })
    },
  }

  async function find(db: Kysely<Schema>, context: HandlerContext, organization: string, id: string) {
    await findOrganization(db, environmentOf(context), { id: organization })
    return findDirectory(db, organization, id)
  }
}

function isAfter(time: number, limit: Timestamp | undefined): boolean {
  return limit === undefined || time > timestampMs(limit)
}
