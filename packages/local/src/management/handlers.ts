import type { DescService } from '@bufbuild/protobuf'
import type { ConnectRouter, ServiceImpl } from '@connectrpc/connect'
import {
  ApiTokenService,
  AuditLogsService,
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
  UserService,
  WebAuthnService,
} from '@scalekit-mcp/api'
import { apiTokenHandlers } from './api-tokens.js'
import { authLogHandlers } from './auth-log.js'
import { clientSecretHandlers } from './client-secrets.js'
import { clientHandlers } from './clients.js'
import { connectedAccountListHandlers } from './connected-account-lists.js'
import { connectedAccountHandlers } from './connected-accounts.js'
import { connectionListHandlers } from './connection-lists.js'
import { connectionHandlers } from './connections.js'
import { consentHandlers } from './consents.js'
import { customProviderHandlers } from './custom-providers.js'
import { directoryHandlers } from './directories.js'
import { directoryContentHandlers } from './directory-content.js'
import { domainHandlers } from './domains.js'
import { environmentHandlers } from './environments.js'
import { eventHandlers } from './events.js'
import { mcpConfigHandlers } from './mcp-configs.js'
import { memberHandlers } from './members.js'
import { membershipHandlers } from './memberships.js'
import { organizationClientHandlers } from './organization-clients.js'
import { organizationRoleHandlers } from './organization-roles.js'
import { organizationSettingsHandlers } from './organization-settings.js'
import { organizationHandlers } from './organizations.js'
import { passkeyHandlers } from './passkeys.js'
import { passwordlessHandlers } from './passwordless.js'
import { permissionHandlers } from './permissions.js'
import { portalLinkHandlers } from './portal-links.js'
import { resourceClientHandlers } from './resource-clients.js'
import { resourceHandlers } from './resources.js'
import { rolePermissionHandlers } from './role-permissions.js'
import { roleHandlers } from './roles.js'
import { scopeHandlers } from './scopes.js'
import { sessionHandlers } from './sessions.js'
import type { Store } from './store.js'
import { userRoleHandlers } from './user-roles.js'
import { userHandlers } from './users.js'

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
    serve(ApiTokenService, apiTokenHandlers(store)),
    serve(AuditLogsService, authLogHandlers(store)),
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
    serve(ConnectedAccountService, connectedAccountHandlers(store), connectedAccountListHandlers(store)),
    serve(ConnectionService, connectionHandlers(store), connectionListHandlers(store)),
    serve(DirectoryService, directoryHandlers(store), directoryContentHandlers(store)),
    serve(DomainService, domainHandlers(store)),
    serve(EnvironmentService, environmentHandlers(store)),
    serve(EventsService, eventHandlers(store)),
    serve(McpService, mcpConfigHandlers(store)),
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
    serve(UserService, userHandlers(store), membershipHandlers(store), userRoleHandlers(store)),
    serve(WebAuthnService, passkeyHandlers(store)),
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
