import type { ToolDefinition } from '../tool.js'
import searchDocs from './docs/search-docs.js'
import createEnvironmentRole from './environments/create-environment-role.js'
import createEnvironmentScope from './environments/create-environment-scope.js'
import deleteEnvironmentRole from './environments/delete-environment-role.js'
import getEnvironmentCredentials from './environments/get-environment-credentials.js'
import getEnvironmentDetails from './environments/get-environment-details.js'
import listEnvironmentRoles from './environments/list-environment-roles.js'
import listEnvironmentScopes from './environments/list-environment-scopes.js'
import listEnvironments from './environments/list-environments.js'
import updateEnvironmentRole from './environments/update-environment-role.js'
import createOrganization from './organizations/create-organization.js'
import deleteOrganization from './organizations/delete-organization.js'
import getOrganizationDetails from './organizations/get-organization-details.js'
import listOrganizations from './organizations/list-organizations.js'
import updateOrganization from './organizations/update-organization.js'
import updateOrganizationSettings from './organizations/update-organization-settings.js'
import addPostLogoutRedirectUri from './redirect-uris/add-post-logout-redirect-uri.js'
import addRedirectUri from './redirect-uris/add-redirect-uri.js'
import listRedirectUris from './redirect-uris/list-redirect-uris.js'
import removeInitiateLoginUri from './redirect-uris/remove-initiate-login-uri.js'
import removePostLogoutRedirectUri from './redirect-uris/remove-post-logout-redirect-uri.js'
import removeRedirectUri from './redirect-uris/remove-redirect-uri.js'
import setInitiateLoginUri from './redirect-uris/set-initiate-login-uri.js'
import createOrganizationUser from './users/create-organization-user.js'
import getOrganizationUser from './users/get-organization-user.js'
import listOrganizationUsers from './users/list-organization-users.js'
import removeOrganizationUser from './users/remove-organization-user.js'
import resendInvitation from './users/resend-invitation.js'
import updateOrganizationUser from './users/update-organization-user.js'
import inviteWorkspaceMember from './workspace/invite-workspace-member.js'
import listWorkspaceMembers from './workspace/list-workspace-members.js'
import whoami from './workspace/whoami.js'

/** All tools, in the order in which `tools/list` gives them. */
export const tools: readonly ToolDefinition[] = [
  whoami,
  listWorkspaceMembers,
  inviteWorkspaceMember,
  listEnvironments,
  getEnvironmentDetails,
  getEnvironmentCredentials,
  listEnvironmentRoles,
  createEnvironmentRole,
  updateEnvironmentRole,
  deleteEnvironmentRole,
  listEnvironmentScopes,
  createEnvironmentScope,
  listRedirectUris,
  addRedirectUri,
  removeRedirectUri,
  setInitiateLoginUri,
  removeInitiateLoginUri,
  addPostLogoutRedirectUri,
  removePostLogoutRedirectUri,
  listOrganizations,
  getOrganizationDetails,
  createOrganization,
  updateOrganization,
  deleteOrganization,
  updateOrganizationSettings,
  listOrganizationUsers,
  getOrganizationUser,
  createOrganizationUser,
  updateOrganizationUser,
  removeOrganizationUser,
  resendInvitation,
  searchDocs,
]
