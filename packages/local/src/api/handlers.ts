import type { DescService } from '@bufbuild/protobuf'
import type { ConnectRouter, ServiceImpl } from '@connectrpc/connect'
import {
  AgentkitAnalyticsService,
  AgentkitLogsService,
  ApiTokenService,
  AuditLogsService,
  AuthService,
  ClientService,
  ConnectedAccountService,
  ConnectionService,
  DirectoryService,
  DomainService,
  EnvironmentService,
  EventsService,
  McpService,
  MembersService,
  OrganizationService,
  PasswordlessService,
  ProviderService,
  RolesService,
  SessionService,
  services,
  ToolService,
  UserService,
  WebAuthnService,
} from '@scalekit-mcp/api'
import type { Store } from '../domain/store.js'
import { apiTokenHandlers } from './services/api-tokens.js'
import { authLogHandlers } from './services/auth-log.js'
import { clientSecretHandlers } from './services/clients/client-secrets.js'
import { clientHandlers } from './services/clients/clients.js'
import { consentHandlers } from './services/clients/consents.js'
import { organizationClientHandlers } from './services/clients/organization-clients.js'
import { resourceClientHandlers } from './services/clients/resource-clients.js'
import { resourceHandlers } from './services/clients/resources.js'
import { scopeHandlers } from './services/clients/scopes.js'
import { connectedAccountListHandlers } from './services/connected-accounts/connected-account-lists.js'
import { connectedAccountHandlers } from './services/connected-accounts/connected-accounts.js'
import { ownConnectedAccountHandlers } from './services/connected-accounts/own-connected-accounts.js'
import { connectionContextHandlers } from './services/connections/connection-contexts.js'
import { connectionListHandlers } from './services/connections/connection-lists.js'
import { connectionHandlers } from './services/connections/connections.js'
import { customProviderHandlers } from './services/custom-providers.js'
import { directoryHandlers } from './services/directories/directories.js'
import { directoryContentHandlers } from './services/directories/directory-content.js'
import { directorySyncHandlers } from './services/directories/directory-syncs.js'
import { domainHandlers } from './services/domains.js'
import { environmentHandlers } from './services/environments.js'
import { eventHandlers } from './services/events.js'
import { mcpConfigHandlers } from './services/mcp-configs.js'
import { mcpSessionHandlers } from './services/mcp-sessions.js'
import { memberHandlers } from './services/members.js'
import { organizationSettingsHandlers } from './services/organizations/organization-settings.js'
import { organizationHandlers } from './services/organizations/organizations.js'
import { portalLinkHandlers } from './services/organizations/portal-links.js'
import { ownLoginHandlers } from './services/own-logins.js'
import { passkeyRegistrationHandlers } from './services/passkey-registration.js'
import { passkeyHandlers } from './services/passkeys.js'
import { passwordlessHandlers } from './services/passwordless.js'
import { organizationRoleHandlers } from './services/roles/organization-roles.js'
import { permissionHandlers } from './services/roles/permissions.js'
import { rolePermissionHandlers } from './services/roles/role-permissions.js'
import { roleHandlers } from './services/roles/roles.js'
import { sessionHandlers } from './services/sessions.js'
import { toolCallLogHandlers, toolCallStatsHandlers } from './services/tools/tool-call-logs.js'
import { toolChangeHandlers } from './services/tools/tool-changes.js'
import { toolHandlers } from './services/tools/tools.js'
import { currentUserHandlers } from './services/users/current-user.js'
import { membershipHandlers } from './services/users/memberships.js'
import { userRoleHandlers } from './services/users/user-roles.js'
import { userHandlers } from './services/users/users.js'

/** A service, and what of it is served. */
export interface Served {
  readonly service: DescService
  /** The local names of its methods that have a handler. */
  readonly methods: readonly string[]
  register(router: ConnectRouter): void
}

/** Every service of the API, so that what is not served answers Unimplemented and is typed. */
export function createHandlers(store: Store): readonly Served[] {
  const served = [
    serve(AgentkitAnalyticsService, toolCallStatsHandlers(store)),
    serve(AgentkitLogsService, toolCallLogHandlers(store)),
    serve(ApiTokenService, apiTokenHandlers(store)),
    serve(AuditLogsService, authLogHandlers(store)),
    serve(AuthService, ownLoginHandlers(store)),
    serve(
      ClientService,
      clientHandlers(store),
      clientSecretHandlers(store),
      organizationClientHandlers(store),
      resourceHandlers(store),
      resourceClientHandlers(store),
      scopeHandlers(store),
      consentHandlers(store),
    ),
    serve(
      ConnectedAccountService,
      connectedAccountHandlers(store),
      connectedAccountListHandlers(store),
      ownConnectedAccountHandlers(store),
    ),
    serve(
      ConnectionService,
      connectionHandlers(store),
      connectionListHandlers(store),
      connectionContextHandlers(store),
    ),
    serve(
      DirectoryService,
      directoryHandlers(store),
      directoryContentHandlers(store),
      directorySyncHandlers(store),
    ),
    serve(DomainService, domainHandlers(store)),
    serve(EnvironmentService, environmentHandlers(store)),
    serve(EventsService, eventHandlers(store)),
    serve(McpService, mcpConfigHandlers(store), mcpSessionHandlers(store)),
    serve(MembersService, memberHandlers(store)),
    serve(
      OrganizationService,
      organizationHandlers(store),
      organizationSettingsHandlers(store),
      portalLinkHandlers(store),
    ),
    serve(PasswordlessService, passwordlessHandlers(store)),
    serve(ProviderService, customProviderHandlers(store)),
    serve(
      RolesService,
      roleHandlers(store),
      organizationRoleHandlers(store),
      permissionHandlers(store),
      rolePermissionHandlers(store),
    ),
    serve(SessionService, sessionHandlers(store)),
    serve(ToolService, toolHandlers(store), toolChangeHandlers(store)),
    serve(
      UserService,
      userHandlers(store),
      currentUserHandlers(store),
      membershipHandlers(store),
      userRoleHandlers(store),
    ),
    serve(WebAuthnService, passkeyHandlers(store), passkeyRegistrationHandlers(store)),
  ]
  const others = services.filter((service) => !served.some((one) => one.service === service))
  return [...served, ...others.map((service) => serve(service))]
}

function serve<Service extends DescService>(
  service: Service,
  ...parts: readonly Partial<ServiceImpl<Service>>[]
): Served {
  const implementation: Partial<ServiceImpl<Service>> = Object.assign({}, ...parts)
  return {
    service,
    methods: Object.keys(implementation),
    register: (router) => void router.service(service, implementation),
  }
}
