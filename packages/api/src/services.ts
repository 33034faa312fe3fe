import { createRegistry, type DescService, type Registry } from '@bufbuild/protobuf'
import { AuditLogsService } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/auditlogs/auditlogs_pb.js'
import { AuthService } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/auth/auth_pb.js'
import { PasswordlessService } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/auth/passwordless_pb.js'
import { WebAuthnService } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/auth/webauthn_pb.js'
import { ClientService } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/clients/clients_pb.js'
import { ConnectedAccountService } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/connected_accounts/connected_accounts_pb.js'
import { ConnectionService } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/connections/connections_pb.js'
import { DirectoryService } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/directories/directories_pb.js'
import { DomainService } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/domains/domains_pb.js'
import { file_scalekit_v1_errdetails_errdetails } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/errdetails/errdetails_pb.js'
import { EventsService } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/events/events_pb.js'
import { OrganizationService } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/organizations/organizations_pb.js'
import { RolesService } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/roles/roles_pb.js'
import { SessionService } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/sessions/sessions_pb.js'
import { ApiTokenService } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/tokens/tokens_pb.js'
import { ToolService } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/tools/tools_pb.js'
import { UserService } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/users/users_pb.js'
import { file_google_rpc_error_details } from './gen/google/rpc/error_details_pb.js'
import { AgentkitAnalyticsService } from './gen/scalekit/v1/agentkit_logs/agentkit_analytics_pb.js'
import { AgentkitLogsService } from './gen/scalekit/v1/agentkit_logs/agentkit_logs_pb.js'
import { EnvironmentService } from './gen/scalekit/v1/environments/environments_pb.js'
import { McpService } from './gen/scalekit/v1/mcp/mcp_pb.js'
import { MembersService } from './gen/scalekit/v1/members/members_pb.js'
import { ProviderService } from './gen/scalekit/v1/providers/providers_pb.js'

export {
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
  ToolService,
  UserService,
  WebAuthnService,
}

/** Every service of the management API whose descriptor is known: those of the SDK, and our own six. */
export const services: readonly DescService[] = [
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
  ToolService,
  UserService,
  WebAuthnService,
]

/** Resolves `google.protobuf.Any`: the messages of all services, and the error details. */
export const registry: Registry = createRegistry(
  ...services.map((service) => service.file),
  file_scalekit_v1_errdetails_errdetails,
  file_google_rpc_error_details,
)
