import type { DescService } from '@bufbuild/protobuf'
import { type Client, createClient, type Transport } from '@connectrpc/connect'
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
import type { Turns } from './turns.js'

type EnvironmentType = 'DEV' | 'PRD'

/** An environment that the caller can reach. */
export interface KnownEnvironment {
  readonly id: string
  /** Empty where it is not known. */
  readonly name: string
  readonly type: EnvironmentType
  /** Why nobody knows the type: then it is PRD. */
  readonly typeAssumed?: string
}

/** How one caller's requests are authorized and sent. One implementation per mode. */
export interface Upstream {
  /** Sends requests that name no environment. */
  workspace(): Transport
  /** Sends requests about one environment. */
  inEnvironment(environmentId: string): Transport
  environment(environmentId: string): Promise<KnownEnvironment>
  /** Those that the caller can reach, as they were a few seconds ago. */
  environments(): Promise<readonly KnownEnvironment[]>
}

/** The management API as one call may use it. Clients are Connect clients of Scalekit's own services. */
export class Scalekit {
  readonly #upstream: Upstream

  constructor(
    upstream: Upstream,
    /** Runs one task at a time per key, on this server. */
    readonly inTurn: Turns,
  ) {
    this.#upstream = upstream
  }

  /** The workspace's environments. Workspace mode only. */
  environments(): Client<typeof EnvironmentService> {
    return createClient(EnvironmentService, this.#upstream.workspace())
  }

  members(): Client<typeof MembersService> {
    return createClient(MembersService, this.#upstream.workspace())
  }

  organizations(environmentId: string): Client<typeof OrganizationService> {
    return this.#client(OrganizationService, environmentId)
  }

  users(environmentId: string): Client<typeof UserService> {
    return this.#client(UserService, environmentId)
  }

  roles(environmentId: string): Client<typeof RolesService> {
    return this.#client(RolesService, environmentId)
  }

  clients(environmentId: string): Client<typeof ClientService> {
    return this.#client(ClientService, environmentId)
  }

  connections(environmentId: string): Client<typeof ConnectionService> {
    return this.#client(ConnectionService, environmentId)
  }

  connectedAccounts(environmentId: string): Client<typeof ConnectedAccountService> {
    return this.#client(ConnectedAccountService, environmentId)
  }

  directories(environmentId: string): Client<typeof DirectoryService> {
    return this.#client(DirectoryService, environmentId)
  }

  domains(environmentId: string): Client<typeof DomainService> {
    return this.#client(DomainService, environmentId)
  }

  sessions(environmentId: string): Client<typeof SessionService> {
    return this.#client(SessionService, environmentId)
  }

  auditLogs(environmentId: string): Client<typeof AuditLogsService> {
    return this.#client(AuditLogsService, environmentId)
  }

  /** The environments that the caller can reach, as they were a few seconds ago. */
  knownEnvironments(): Promise<readonly KnownEnvironment[]> {
    return this.#upstream.environments()
  }

  /** One environment, as it was a few seconds ago. */
  environment(environmentId: string): Promise<KnownEnvironment> {
    return this.#upstream.environment(environmentId)
  }

  #client<S extends DescService>(service: S, environmentId: string): Client<S> {
    return createClient(service, this.#upstream.inEnvironment(environmentId))
  }
}
