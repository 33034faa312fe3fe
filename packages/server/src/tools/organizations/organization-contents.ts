import * as z from 'zod'
import type { Target, ToolContext } from '../../tool.js'

/** What goes with an organization when it is deleted. */
export const contentsFields = z.object({
  users: z.number().describe('Members of the organization.'),
  usersOnlyHere: z.number().optional().describe('Those without another organization: they are deleted.'),
  connections: z.number(),
  directories: z.number(),
})

export type OrganizationContents = z.output<typeof contentsFields>

/** The most users that are looked at one by one. */
const USERS = 100

/** Reads what goes with an organization, before it is deleted. */
export async function readContents(
  scalekit: ToolContext['scalekit'],
  { environmentId, organizationId }: Record<'environmentId' | 'organizationId', string>,
): Promise<OrganizationContents> {
  const [members, sso, scim] = await Promise.all([
    scalekit.users(environmentId).listOrganizationUsers({ organizationId, pageSize: USERS }),
    scalekit.connections(environmentId).listConnections({ organizationId, include: 'all' }),
    scalekit.directories(environmentId).listDirectories({ organizationId }),
  ])
  const onlyHere = members.users.filter(({ memberships }) => memberships.length === 1).length
  return {
    users: Math.max(members.totalSize, members.users.length),
    usersOnlyHere: members.nextPageToken === '' ? onlyHere : undefined,
    connections: sso.connections.length,
    directories: scim.directories.length,
  }
}

/** The same for the question, without what there is none of. */
export function contentsChanges(contents: OrganizationContents): NonNullable<Target['changes']> {
  return {
    'Users who lose it': contents.users || undefined,
    'Of them deleted, without another organization': contents.usersOnlyHere || undefined,
    'Connections deleted': contents.connections || undefined,
    'Directories deleted': contents.directories || undefined,
  }
}
