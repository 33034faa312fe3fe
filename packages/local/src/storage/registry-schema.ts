/**
 * The tables that the management API keeps beside people, organizations and roles. The words of `schema.ts`
 * hold here too: times are milliseconds, `data` is JSON text, and secrets are only there as hashes.
 */
export interface RegistrySchema {
  scopes: ScopeRow
  m2m_clients: M2mClientRow
  links: LinkRow
  connections: ConnectionRow
  domains: DomainRow
  directories: DirectoryRow
  directory_users: DirectoryEntryRow
  directory_groups: DirectoryEntryRow
  connected_accounts: ConnectedAccountRow
  api_tokens: ApiTokenRow
  ended_sessions: EndedSessionRow
  auth_requests: AuthRequestRow
  passkeys: PasskeyRow
  passwordless_requests: PasswordlessRequestRow
  mcp_configs: McpConfigRow
  custom_providers: CustomProviderRow
  connectors: ConnectorRow
  tools: ToolRow
  tool_calls: ToolCallRow
  events: EventRow
  untold_events: UntoldEventRow
  changes: ChangeRow
}

interface Entry {
  id: string
  environment_id: string
  data: string
  created_at: number
  updated_at: number
}

/** A scope that MCP servers of the environment can use (`scp_`). */
export interface ScopeRow extends Omit<Entry, 'data'> {
  name: string
  description: string
  enabled: number
}

/** A client of an organization (`m2morg_`), or one that was registered by hand for an MCP server (`m2m_`). */
export interface M2mClientRow extends Entry {
  organization_id: string | null
  resource_id: string | null
  /** JSON array of { id, hash, suffix, status, created_at }. */
  secrets: string
}

/** A link that signs its holder in once: of the admin portal, or to authorize a connected account. */
export interface LinkRow extends Omit<Entry, 'updated_at'> {
  organization_id: string | null
  connected_account_id: string | null
  /** SHA-256 of the last segment of its path. */
  token_hash: string
  expires_at: number
  redeemed_at: number | null
}

/** A way to sign in (`conn_`): of the environment, or of one of its organizations. */
export interface ConnectionRow extends Entry {
  organization_id: string | null
  type: string
  provider: string
  key_id: string
  status: 'DRAFT' | 'IN_PROGRESS' | 'COMPLETED'
  enabled: number
}

export interface DomainRow extends Entry {
  organization_id: string
  connection_id: string | null
  domain: string
  type: 'ALLOWED_EMAIL_DOMAIN' | 'ORGANIZATION_DOMAIN'
  status: 'PENDING' | 'VERIFIED' | 'FAILED' | 'AUTO_VERIFIED'
}

export interface DirectoryRow extends Entry {
  organization_id: string
  type: 'SCIM' | 'LDAP' | 'POLL'
  provider: string
  name: string
  enabled: number
  /** JSON array of { id, hash, suffix, status, created_at }: what a SCIM client authenticates with. */
  secrets: string
}

/** A user or a group that a directory has sent. */
export interface DirectoryEntryRow extends Entry {
  directory_id: string
  /** What the directory calls it: its SCIM `externalId` or `id`. */
  external_id: string
}

/** An account of one person at a provider of an application connection (`ca_`). */
export interface ConnectedAccountRow extends Entry {
  connection_id: string
  identifier: string
  organization_id: string | null
  user_id: string | null
  status: 'ACTIVE' | 'EXPIRED' | 'PENDING_AUTH' | 'PENDING_VERIFICATION' | 'DISCONNECTED'
  /** When a tool was last called as this account. */
  last_used_at: number | null
}

/** An opaque API token of an organization, or of one of its users (`apit_`). */
export interface ApiTokenRow extends Entry {
  organization_id: string
  user_id: string | null
  token_hash: string
  expires_at: number | null
}

/** A session that was revoked, as it was then; sessions that live are records of the authorization server. */
export interface EndedSessionRow extends Entry {
  user_id: string
}

/** One attempt to sign in, as the authentication log shows it. */
export interface AuthRequestRow extends Entry {
  status: string
  email: string
  client_id: string | null
  resource_id: string | null
}

/** A WebAuthn credential of a user. */
export interface PasskeyRow extends Entry {
  user_id: string
}

/** A code or a link that was sent to an address. Each is there as its hash, and counts once. */
export interface PasswordlessRequestRow extends Entry {
  email: string
  code_hash: string | null
  link_hash: string | null
  attempts: number
  expires_at: number
}

/** What an agent is given: connections, and which of their tools (`cfg_`). */
export interface McpConfigRow extends Entry {
  name: string
}

/** A provider of application connections that the environment has added. */
export interface CustomProviderRow extends Entry {
  identifier: string
}

/** A connector that the seed adds to the catalogue, or changes in it. */
export interface ConnectorRow extends Omit<Entry, 'data'> {
  /** The key of the provider, as in `GMAIL`. */
  identifier: string
  display_name: string
  auth_type: string
  /** JSON arrays: scopes to ask for, fields of the form, tools, answers of its API. */
  scopes: string
  fields: string
  tools: string
  requests: string
  /** Null where the catalogue decides. */
  proxy_enabled: number | null
}

/** One version of a tool that an application has created (`tol_`). */
export interface ToolRow extends Omit<Entry, 'data'> {
  /** The key of the provider. */
  provider: string
  name: string
  schema_version: string
  tool_version: string
  /** Whether this is the version that calls use. */
  is_default: number
  /** JSON: the definition as it was sent, an object, and an array of texts. */
  definition: string
  metadata: string
  tags: string
}

/** A tool call as it ended. The account and the connection may be gone. */
export interface ToolCallRow extends Omit<Entry, 'data' | 'updated_at'> {
  execution_id: string
  agent_run_id: string | null
  tool_name: string
  provider: string
  connected_account_id: string
  connection_id: string
  connection_name: string
  identifier: string
  user_id: string | null
  organization_id: string | null
  source: string
  status: string
  /** Who failed, if anybody: `provider` or `platform`. */
  error_tier: string
  error_code: string
  error_message: string
  duration_ms: number
}

/** Something that happened. The organization may be gone. */
export interface EventRow extends Omit<Entry, 'updated_at'> {
  organization_id: string | null
  type: string
  object: string
}

/** A call of the API that changed something. */
export interface ChangeRow extends Omit<Entry, 'data' | 'updated_at'> {
  /** `ClientService.UpdateClient` */
  method: string
  /** The id of who called, or `dashboard`. */
  caller: string
  /** The ids and names that the call and its answer have, as JSON. */
  about: string
}

/** An event that applications have not been told of yet. */
export interface UntoldEventRow {
  id: string
}
