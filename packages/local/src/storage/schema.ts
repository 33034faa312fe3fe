import type { RegistrySchema } from './registry-schema.js'

/**
 * The tables of the local environment, as Kysely sees them. All ids are text; times are milliseconds since
 * the epoch; `data` columns hold JSON text with what has no column of its own. A *realm* is what signs
 * tokens: an environment's id, or `workspace`.
 */
export interface Schema extends RegistrySchema {
  environments: EnvironmentRow
  signing_keys: SigningKeyRow
  clients: ClientRow
  resources: ResourceRow
  members: MemberRow
  organizations: OrganizationRow
  users: UserRow
  memberships: MembershipRow
  passwords: PasswordRow
  password_attempts: PasswordAttemptRow
  roles: RoleRow
  permissions: PermissionRow
  role_permissions: RolePermissionRow
  oidc_records: OidcRecordRow
  dependents: DependentRow
  sessions: SessionRow
  session_endings: SessionEndingRow
  issued_tokens: IssuedTokenRow
  revoked_tokens: RevokedTokenRow
  token_claims: TokenClaimsRow
  used_assertions: UsedAssertionRow
  snapshots: SnapshotRow
  control_state: ControlStateRow
  pending_deliveries: PendingDeliveryRow
  sealing_keys: SealingKeyRow
}

interface Timestamps {
  created_at: number
  updated_at: number
}

export interface EnvironmentRow extends Timestamps {
  id: string
  display_name: string
  type: 'DEV' | 'PRD'
  region: string
  data: string
}

export interface SigningKeyRow {
  realm: string
  kid: string
  alg: string
  /** Private JWK as JSON. */
  private_jwk: string
  created_at: number
  /** Set when the key no longer signs but is still published. */
  retired_at: number | null
}

/** Scalekit's own clients (`skc_`): environment credentials and applications. Dynamic OAuth clients are `oidc_records`. */
export interface ClientRow extends Timestamps {
  id: string
  realm: string
  client_type: string
  /** JSON array of { id, hash, suffix, status, created_at }; only hashes of secrets. */
  secrets: string
  /** JSON: post_login_uris, post_logout_redirect_uris, initiate_login_uri, … */
  data: string
}

/** An MCP server in the registry (`res_`). */
export interface ResourceRow extends Timestamps {
  id: string
  realm: string
  /** The server's canonical URL: the `resource` of RFC 8707 and the audience of its tokens. */
  url: string
  name: string
  /** JSON array of scope names. */
  scopes: string
  data: string
}

export interface MemberRow extends Timestamps {
  id: string
  email: string
  role: 'ADMIN' | 'USER'
  first_name: string | null
  last_name: string | null
  data: string
}

export interface OrganizationRow extends Timestamps {
  id: string
  environment_id: string
  display_name: string
  external_id: string | null
  slug: string | null
  data: string
}

export interface UserRow extends Timestamps {
  id: string
  environment_id: string
  email: string
  external_id: string | null
  data: string
}

export interface MembershipRow extends Timestamps {
  organization_id: string
  user_id: string
  status: 'ACTIVE' | 'INACTIVE' | 'PENDING_INVITE' | 'INVITE_EXPIRED'
  /** JSON array of role names. */
  roles: string
  data: string
}

/** A user's password: `hash` is of scrypt, with its costs and salt. */
export interface PasswordRow {
  user_id: string
  hash: string
  updated_at: number
}

/** How often an address was tried since a time. `subject_hash` is SHA-256 of what was tried. */
export interface PasswordAttemptRow {
  environment_id: string
  subject_hash: string
  attempts: number
  since: number
}

export interface RoleRow extends Timestamps {
  id: string
  environment_id: string
  /** Null for a role of the environment. */
  organization_id: string | null
  name: string
  display_name: string
  description: string
  extends: string | null
  default_creator: number
  default_member: number
}

export interface PermissionRow extends Timestamps {
  id: string
  environment_id: string
  name: string
  description: string
}

export interface RolePermissionRow {
  role_id: string
  permission_id: string
}

/** What oidc-provider stores. `id_hash` is SHA-256 of the identifier: codes and refresh tokens exist only as hashes. */
export interface OidcRecordRow {
  realm: string
  model: string
  id_hash: string
  payload: string
  grant_id: string | null
  uid: string | null
  user_code: string | null
  consumed_at: number | null
  expires_at: number | null
}

/** What an access token says. Times are milliseconds. */
export interface TokenClaimsRow {
  jti: string
  realm: string
  /** JSON: the payload. */
  claims: string
  issued_at: number
  expires_at: number
}

export interface RevokedTokenRow {
  realm: string
  jti: string
  expires_at: number
}

/** What a token, grant or session ends with: `grant:…`, `session:ses_…`, `user:usr_…`, … */
export interface DependentRow {
  realm: string
  kind: 'token' | 'grant' | 'session'
  id: string
  depends_on: string
  expires_at: number
}

/** A sign-in that lasts: by which policy, and what it was used for. Its record is oidc-provider's. */
export interface SessionRow {
  /** `ses_…`, as tokens name it. */
  id: string
  realm: string
  uid: string
  user_id: string
  /** JSON array of { client, organization }, the latest first. */
  uses: string
  created_at: number
  last_active_at: number
  absolute_expires_at: number
  /** Null where the session does not end for lack of activity. */
  idle_ms: number | null
  /** JSON of the device that it began on; null in sessions of earlier versions. */
  device: string | null
}

/** A session that has ended, until applications are told. */
export interface SessionEndingRow {
  id: string
  realm: string
  data: string
  created_at: number
}

/** What earlier versions note instead of `dependents`: they may run on the same database during an upgrade. */
export interface IssuedTokenRow {
  realm: string
  jti: string
  grant_id: string
  expires_at: number
}

/** Assertions that were redeemed: each counts once (RFC 7523, section 3, item 7). */
export interface UsedAssertionRow {
  realm: string
  issuer: string
  jti: string
  expires_at: number
}

/** A named copy of all data. */
export interface SnapshotRow {
  name: string
  /** JSON: the rows of every table. */
  tables: string
  created_at: number
}

/** What the control API registers, and the outbox. `sealed` is encrypted JSON. */
export interface ControlStateRow {
  id: string
  kind: string
  sealed: string
}

/** A webhook that its endpoint has not accepted yet. */
export interface PendingDeliveryRow {
  id: string
  event: string
  endpoint: string
  payload: string
  /** The number of the next attempt, from 1. */
  attempt: number
  /** From when on another process may take it. */
  due_at: number
}

/** What `control_state` is encrypted with. */
export interface SealingKeyRow {
  id: string
  secret: string
}
