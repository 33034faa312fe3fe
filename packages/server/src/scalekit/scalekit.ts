import type { DescService } from '@bufbuild/protobuf'
import type { Client, Transport } from '@connectrpc/connect'
import {
  AuditLogsService,
  ClientService,
  ConnectedAccountService,
  ConnectionService,
  DirectoryService,
  DomainService,
  EnvironmentService,
  MembersService,
  OrganizationService,
  RolesService,
  SessionService,
  UserService,
} from '@scalekit-mcp/api'
import { serviceClient } from './service-client.js'
import type { Turns } from './turns.js'

export type EnvironmentType = 'DEV' | 'PRD'

/** The management API as one caller may use it. Clients are Connect clients of Scalekit's own services. */
export interface Scalekit {
  /** The workspace's environments. Workspace mode only. */
  environments(): Client<typeof EnvironmentService>
  members(): Client<typeof MembersService>
  organizations(environmentId: string): Client<typeof OrganizationService>
  users(environmentId: string): Client<typeof UserService>
  roles(environmentId: string): Client<typeof RolesService>
  clients(environmentId: string): Client<typeof ClientService>
  connections(environmentId: string): Client<typeof ConnectionService>
  connectedAccounts(environmentId: string): Client<typeof ConnectedAccountService>
  directories(environmentId: string): Client<typeof DirectoryService>
  domains(environmentId: string): Client<typeof DomainService>
  sessions(environmentId: string): Client<typeof SessionService>
  auditLogs(environmentId: string): Client<typeof AuditLogsService>
  /** DEV or PRD: decides whether a client that cannot ask a person may go on without asking. */
  environmentType(environmentId: string): Promise<EnvironmentType>
  /** Runs one task at a time per key, on this server. */
  readonly inTurn: Turns
}

/** How one caller's requests are authorized and sent. One implementation per mode. */
export interface Upstream {
  /** Sends requests that name no environment. */
  workspace(): Transport
  /** Sends requests about one environment. */
  inEnvironment(environmentId: string): Transport
  environmentType(environmentId: string): Promise<EnvironmentType>
}

/** Gives tools the API's clients over an upstream. */
export function createScalekit(upstream: Upstream, inTurn: Turns): Scalekit {
  const client =
    <S extends DescService>(service: S) =>
    (environmentId: string): Client<S> =>
      serviceClient(service, upstream.inEnvironment(environmentId))
  return {
    environments: () => serviceClient(EnvironmentService, upstream.workspace()),
    members: () => serviceClient(MembersService, upstream.workspace()),
    organizations: client(OrganizationService),
    users: client(UserService),
    roles: client(RolesService),
    clients: client(ClientService),
    connections: client(ConnectionService),
    connectedAccounts: client(ConnectedAccountService),
    directories: client(DirectoryService),
    domains: client(DomainService),
    sessions: client(SessionService),
    auditLogs: client(AuditLogsService),
    environmentType: (environmentId) => upstream.environmentType(environmentId),
    inTurn,
  }
}
