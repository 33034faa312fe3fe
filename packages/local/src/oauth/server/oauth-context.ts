import type { AgentTools } from '../../domain/agent-tools/agent-tools.js'
import type { DnsRecords } from '../../domain/domains/dns-records.js'
import type { FlowInterceptors } from '../../domain/events/flow-interceptor.js'
import type { Outbox } from '../../domain/events/outbox.js'
import type { Webhooks } from '../../domain/events/webhooks.js'
import type { Resource } from '../../domain/resources/resources.js'
import type { TokenIssuer } from '../../domain/tokens/issue-token.js'
import type { TokenVerifier } from '../../domain/tokens/verify-token.js'
import type { Clock } from '../../storage/clock.js'
import type { Database } from '../../storage/database.js'
import type { SigningKeys } from '../../storage/keys.js'

/** What the authorization servers of one local environment share. */
export interface OAuthContext {
  /** `http://localhost:PORT`, the start of every issuer. */
  readonly baseUrl: string
  readonly database: Database
  readonly clock: Clock
  readonly keys: SigningKeys
  readonly outbox: Outbox
  readonly webhooks: Webhooks
  readonly dns: DnsRecords
  /** Which applications decide whether a flow goes on. */
  readonly interceptors: FlowInterceptors
  /** What agents call on behalf of users. */
  readonly agentTools: AgentTools
  readonly tokens: TokenIssuer
  readonly verifier: TokenVerifier
}

/** One authorization server: whose it is, and its issuer identifier. */
export interface ServerIdentity {
  readonly context: OAuthContext
  readonly realm: string
  /** The MCP server that it serves; undefined for a realm's own. */
  readonly resource: Resource | undefined
  readonly issuer: string
}
