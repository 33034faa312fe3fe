/**
 * The methods whose documented success is 201. All others answer 200.
 * Source: the public OpenAPI document of the hosted API.
 */
export const CREATED: ReadonlySet<string> = new Set([
  'scalekit.v1.clients.ClientService.CreateOrganizationClient',
  'scalekit.v1.clients.ClientService.CreateOrganizationClientSecret',
  'scalekit.v1.connected_accounts.ConnectedAccountService.CreateConnectedAccount',
  'scalekit.v1.mcp.McpService.CreateMcpConfig',
  'scalekit.v1.organizations.OrganizationService.CreateOrganization',
  'scalekit.v1.providers.ProviderService.CreateCustomProvider',
  'scalekit.v1.roles.RolesService.CreateOrganizationRole',
  'scalekit.v1.roles.RolesService.CreatePermission',
  'scalekit.v1.roles.RolesService.CreateRole',
  'scalekit.v1.users.UserService.CreateMembership',
  'scalekit.v1.users.UserService.CreateUserAndMembership',
])
