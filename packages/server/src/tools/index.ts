import type { ToolDefinition } from '../tool.js'
import getEnvironmentDetails from './environments/get-environment-details.js'
import listEnvironments from './environments/list-environments.js'
import createOrganization from './organizations/create-organization.js'
import getOrganizationDetails from './organizations/get-organization-details.js'
import listOrganizations from './organizations/list-organizations.js'
import createOrganizationUser from './users/create-organization-user.js'
import listOrganizationUsers from './users/list-organization-users.js'
import listWorkspaceMembers from './workspace/list-workspace-members.js'
import whoami from './workspace/whoami.js'

/** All tools, in the order in which `tools/list` gives them. */
export const tools: readonly ToolDefinition[] = [
  whoami,
  listWorkspaceMembers,
  listEnvironments,
  getEnvironmentDetails,
  listOrganizations,
  getOrganizationDetails,
  createOrganization,
  listOrganizationUsers,
  createOrganizationUser,
]
