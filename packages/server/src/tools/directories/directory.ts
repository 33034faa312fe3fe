import { directories } from '@scalekit-mcp/api'
import * as z from 'zod'
import { time, toTime } from '../times.js'

/** A directory in a list. */
export const listedDirectoryFields = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string().describe('SCIM, LDAP or POLL.'),
  provider: z.string().optional(),
  status: z.string().describe('DRAFT, IN_PROGRESS or COMPLETED.'),
  enabled: z.boolean(),
  users: z.number().describe('How many users it has sent.'),
  groups: z.number(),
  lastSyncedAt: time,
})

/** One directory. The secrets that its identity provider authenticates with stay where they are. */
export const directoryFields = listedDirectoryFields.extend({
  endpoint: z.string().optional().describe('Where the identity provider sends users and groups.'),
  secrets: z.array(
    z.object({
      id: z.string(),
      suffix: z.string(),
      status: z.string(),
      createdAt: time,
      expiresAt: time,
      lastUsedAt: time,
    }),
  ),
  roleAssignments: z
    .array(z.object({ groupId: z.string(), role: z.string() }))
    .describe('The roles that members of groups get.'),
})

export function toListedDirectory(directory: directories.Directory): z.output<typeof listedDirectoryFields> {
  return {
    id: directory.id,
    name: directory.name,
    type: directories.DirectoryType[directory.directoryType] ?? 'UNKNOWN',
    provider: directory.directoryProvider
      ? directories.DirectoryProvider[directory.directoryProvider]
      : undefined,
    status: directory.status || 'UNKNOWN',
    enabled: directory.enabled,
    users: directory.totalUsers,
    groups: directory.totalGroups,
    lastSyncedAt: toTime(directory.lastSyncedAt),
  }
}

export function toDirectory(directory: directories.Directory): z.output<typeof directoryFields> {
  return {
    ...toListedDirectory(directory),
    endpoint: directory.directoryEndpoint || undefined,
    secrets: directory.secrets.map((secret) => ({
      id: secret.id,
      suffix: secret.secretSuffix,
      status: directories.SecretStatus[secret.status] ?? 'UNKNOWN',
      createdAt: toTime(secret.createTime),
      expiresAt: toTime(secret.expireTime),
      lastUsedAt: toTime(secret.lastUsedTime),
    })),
    roleAssignments: (directory.roleAssignments?.assignments ?? []).map(({ groupId, roleName }) => ({
      groupId,
      role: roleName,
    })),
  }
}
