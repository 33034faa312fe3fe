import type { JsonObject, MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { directories } from '@scalekit-mcp/api'
import { readSecrets, type StoredSecret } from '../../domain/clients/secrets.js'
import { type DirectoryContent, directoryData, statusOf } from '../../domain/directories/directory-data.js'
import type { DirectoryEntryRow, DirectoryRow } from '../../storage/registry-schema.js'
import { enumOf } from './enum-of.js'

export function toDirectory(
  row: DirectoryRow,
  content: DirectoryContent,
  baseUrl: string,
): MessageInitShape<typeof directories.DirectorySchema> {
  const data = directoryData(row)
  const users = content.users.filter(({ directory_id }) => directory_id === row.id)
  const groups = content.groups.filter(({ directory_id }) => directory_id === row.id)
  const newest = (rows: readonly DirectoryEntryRow[]) => Math.max(0, ...rows.map((one) => one.updated_at))
  return {
    id: row.id,
    name: row.name,
    directoryType: directories.DirectoryType[row.type],
    organizationId: row.organization_id,
    enabled: row.enabled === 1,
    directoryProvider: enumOf(directories.DirectoryProvider, row.provider) ?? 0,
    directoryEndpoint: `${baseUrl}/${row.environment_id}/directories/${row.id}/scim/v2`,
    totalUsers: users.length,
    totalGroups: groups.length,
    secrets: readSecrets(row).map((secret) => toDirectorySecret(secret, row.id)),
    stats: {
      totalUsers: users.length,
      totalGroups: groups.length,
      ...(users.length > 0 && { userUpdatedAt: timestampFromMs(newest(users)) }),
      ...(groups.length > 0 && { groupUpdatedAt: timestampFromMs(newest(groups)) }),
    },
    roleAssignments: {
      assignments: data.role_assignments.map((one) => ({ groupId: one.group_id, roleName: one.role_name })),
    },
    attributeMappings: { attributes: data.attributes.map((one) => ({ key: one.key, mapTo: one.map_to })) },
    status: statusOf(row, content),
    groupsTracked: data.tracked_groups.length > 0 ? 'SELECTED' : 'ALL',
    ...(data.last_synced_at !== undefined && { lastSyncedAt: timestampFromMs(data.last_synced_at) }),
  }
}

export function toDirectorySecret(
  { id, suffix, status, created_at }: StoredSecret,
  directory: string,
): MessageInitShape<typeof directories.SecretSchema> {
  return {
    id,
    secretSuffix: suffix,
    status: directories.SecretStatus[status],
    createTime: timestampFromMs(created_at),
    directoryId: directory,
  }
}

export function toDirectoryGroup(
  row: DirectoryContent['groups'][number],
  { users }: DirectoryContent,
  detailed: boolean,
): MessageInitShape<typeof directories.DirectoryGroupSchema> {
  return {
    id: row.id,
    displayName: row.group.display_name,
    totalUsers: users.filter(({ user }) => user.groups.includes(row.id)).length,
    updatedAt: timestampFromMs(row.updated_at),
    ...(detailed && { groupDetail: row.group.detail as JsonObject }),
  }
}
