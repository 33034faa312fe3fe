import type { ToolContext } from '../../tool.js'

interface NewUser {
  readonly environmentId: string
  readonly organizationId: string
  readonly role?: string | undefined
}

/** The role that a user gets in an organization, for the question: the first user has a default of their own. */
export async function roleOfNewUser(
  { environmentId, organizationId, role }: NewUser,
  { scalekit, ifAllowed }: ToolContext,
): Promise<string> {
  if (role !== undefined) return role
  const [present, listed] = await Promise.all([
    ifAllowed(scalekit.users(environmentId).listOrganizationUsers({ organizationId, pageSize: 1 })),
    ifAllowed(scalekit.roles(environmentId).listOrganizationRoles({ orgId: organizationId })),
  ])
  if (!present || !listed) return 'the default role'
  const isFirst = present.users.length === 0
  const found = listed.roles.find((each) => (isFirst ? each.defaultCreator : each.defaultMember))
  if (found) return `${found.name} (default)`
  return `none, as there is no default role for ${isFirst ? 'first users of organizations' : 'members'}`
}
