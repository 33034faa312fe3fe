import type { ToolDefinition } from '../tool.js'
import listAuthenticationLog from './audit/list-authentication-log.js'
import createOrganizationClient from './clients/create-organization-client.js'
import createOrganizationClientSecret from './clients/create-organization-client-secret.js'
import deleteOrganizationClient from './clients/delete-organization-client.js'
import getOrganizationClient from './clients/get-organization-client.js'
import listOrganizationClients from './clients/list-organization-clients.js'
import removeClientSecret from './clients/remove-client-secret.js'
import updateOrganizationClient from './clients/update-organization-client.js'
import createConnectedAccountMagicLink from './connections/create-connected-account-magic-link.js'
import createEnvironmentOidcConnection from './connections/create-environment-oidc-connection.js'
import createOrganizationConnection from './connections/create-organization-connection.js'
import deleteConnection from './connections/delete-connection.js'
import disableEnvironmentConnection from './connections/disable-environment-connection.js'
import enableEnvironmentConnection from './connections/enable-environment-connection.js'
import getConnection from './connections/get-connection.js'
import listConnectedAccounts from './connections/list-connected-accounts.js'
import listEnvironmentConnections from './connections/list-environment-connections.js'
import listOrganizationConnections from './connections/list-organization-connections.js'
import searchOrganizationConnections from './connections/search-organization-connections.js'
import updateConnection from './connections/update-connection.js'
import updateEnvironmentOidcConnection from './connections/update-environment-oidc-connection.js'
import createDirectory from './directories/create-directory.js'
import disableDirectory from './directories/disable-directory.js'
import enableDirectory from './directories/enable-directory.js'
import getDirectory from './directories/get-directory.js'
import listDirectories from './directories/list-directories.js'
import listDirectoryGroups from './directories/list-directory-groups.js'
import listDirectoryUsers from './directories/list-directory-users.js'
import rotateDirectorySecret from './directories/rotate-directory-secret.js'
import searchDocs from './docs/search-docs.js'
import addDomain from './domains/add-domain.js'
import listDomains from './domains/list-domains.js'
import removeDomain from './domains/remove-domain.js'
import createEnvironmentRole from './environments/create-environment-role.js'
import createEnvironmentScope from './environments/create-environment-scope.js'
import deleteEnvironmentRole from './environments/delete-environment-role.js'
import getEnvironmentCredentials from './environments/get-environment-credentials.js'
import getEnvironmentDetails from './environments/get-environment-details.js'
import listEnvironmentRoles from './environments/list-environment-roles.js'
import listEnvironmentScopes from './environments/list-environment-scopes.js'
import listEnvironments from './environments/list-environments.js'
import rotateClientSecret from './environments/rotate-client-secret.js'
import updateClientSecret from './environments/update-client-secret.js'
import updateEnvironmentRole from './environments/update-environment-role.js'
import deleteMcpServer from './mcp-servers/delete-mcp-server.js'
import getMcpServer from './mcp-servers/get-mcp-server.js'
import listMcpServers from './mcp-servers/list-mcp-servers.js'
import registerMcpServer from './mcp-servers/register-mcp-server.js'
import switchMcpAuthToScalekit from './mcp-servers/switch-mcp-auth-to-scalekit.js'
import updateMcpServer from './mcp-servers/update-mcp-server.js'
import createOrganization from './organizations/create-organization.js'
import createOrganizations from './organizations/create-organizations.js'
import deleteOrganization from './organizations/delete-organization.js'
import deleteOrganizations from './organizations/delete-organizations.js'
import generateAdminPortalLink from './organizations/generate-admin-portal-link.js'
import getOrganizationDetails from './organizations/get-organization-details.js'
import getSessionPolicy from './organizations/get-session-policy.js'
import listOrganizations from './organizations/list-organizations.js'
import updateOrganization from './organizations/update-organization.js'
import updateOrganizationSettings from './organizations/update-organization-settings.js'
import updateSessionPolicy from './organizations/update-session-policy.js'
import addPermissionsToRole from './permissions/add-permissions-to-role.js'
import createPermission from './permissions/create-permission.js'
import deletePermission from './permissions/delete-permission.js'
import listPermissions from './permissions/list-permissions.js'
import removePermissionFromRole from './permissions/remove-permission-from-role.js'
import updatePermission from './permissions/update-permission.js'
import addPostLogoutRedirectUri from './redirect-uris/add-post-logout-redirect-uri.js'
import addRedirectUri from './redirect-uris/add-redirect-uri.js'
import listRedirectUris from './redirect-uris/list-redirect-uris.js'
import removeInitiateLoginUri from './redirect-uris/remove-initiate-login-uri.js'
import removePostLogoutRedirectUri from './redirect-uris/remove-post-logout-redirect-uri.js'
import removeRedirectUri from './redirect-uris/remove-redirect-uri.js'
import setAppUrls from './redirect-uris/set-app-urls.js'
import setInitiateLoginUri from './redirect-uris/set-initiate-login-uri.js'
import getSession from './sessions/get-session.js'
import listUserSessions from './sessions/list-user-sessions.js'
import removeSession from './sessions/remove-session.js'
import removeUserSessions from './sessions/remove-user-sessions.js'
import createOrganizationUser from './users/create-organization-user.js'
import getOrganizationUser from './users/get-organization-user.js'
import listInvitations from './users/list-invitations.js'
import listOrganizationUsers from './users/list-organization-users.js'
import listUsers from './users/list-users.js'
import removeOrganizationUser from './users/remove-organization-user.js'
import resendInvitation from './users/resend-invitation.js'
import updateOrganizationUser from './users/update-organization-user.js'
import inviteWorkspaceMember from './workspace/invite-workspace-member.js'
import listWorkspaceMembers from './workspace/list-workspace-members.js'
import waitForHandOff from './workspace/wait-for-hand-off.js'
import whoami from './workspace/whoami.js'

/** All tools, in the order in which `tools/list` gives them. */
export const tools: readonly ToolDefinition[] = [
  whoami,
  waitForHandOff,
  listWorkspaceMembers,
  inviteWorkspaceMember,
  listEnvironments,
  getEnvironmentDetails,
  getEnvironmentCredentials,
  rotateClientSecret,
  updateClientSecret,
  listEnvironmentRoles,
  createEnvironmentRole,
  updateEnvironmentRole,
  deleteEnvironmentRole,
  listEnvironmentScopes,
  createEnvironmentScope,
  listRedirectUris,
  setAppUrls,
  addRedirectUri,
  removeRedirectUri,
  setInitiateLoginUri,
  removeInitiateLoginUri,
  addPostLogoutRedirectUri,
  removePostLogoutRedirectUri,
  listOrganizations,
  getOrganizationDetails,
  createOrganization,
  createOrganizations,
  updateOrganization,
  deleteOrganization,
  deleteOrganizations,
  updateOrganizationSettings,
  generateAdminPortalLink,
  listUsers,
  listOrganizationUsers,
  getOrganizationUser,
  createOrganizationUser,
  updateOrganizationUser,
  removeOrganizationUser,
  listInvitations,
  resendInvitation,
  listEnvironmentConnections,
  listOrganizationConnections,
  searchOrganizationConnections,
  getConnection,
  createEnvironmentOidcConnection,
  updateEnvironmentOidcConnection,
  createOrganizationConnection,
  updateConnection,
  enableEnvironmentConnection,
  disableEnvironmentConnection,
  deleteConnection,
  listConnectedAccounts,
  createConnectedAccountMagicLink,
  listMcpServers,
  getMcpServer,
  registerMcpServer,
  updateMcpServer,
  switchMcpAuthToScalekit,
  deleteMcpServer,
  searchDocs,
  listDirectories,
  getDirectory,
  listDirectoryUsers,
  listDirectoryGroups,
  createDirectory,
  rotateDirectorySecret,
  enableDirectory,
  disableDirectory,
  listDomains,
  addDomain,
  removeDomain,
  listPermissions,
  createPermission,
  updatePermission,
  deletePermission,
  addPermissionsToRole,
  removePermissionFromRole,
  listOrganizationClients,
  getOrganizationClient,
  createOrganizationClient,
  createOrganizationClientSecret,
  updateOrganizationClient,
  deleteOrganizationClient,
  removeClientSecret,
  listUserSessions,
  getSession,
  removeSession,
  removeUserSessions,
  getSessionPolicy,
  updateSessionPolicy,
  listAuthenticationLog,
]
