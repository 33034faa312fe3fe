import type { Clock } from '../engine/clock.js'
import type { Database } from '../engine/database.js'
import type { SigningKeys } from '../engine/keys.js'
import type { Outbox } from '../engine/outbox.js'
import type { FlowInterceptors } from '../flow-interceptors/flow-interceptors.js'
import type { Webhooks } from '../webhooks/webhooks.js'
import type { TokenIssuer } from './issue-token.js'
import type { Resource } from './resources.js'
import type { TokenVerifier } from './verify-token.js'

/** What the authorization servers of one local environment share. */
export interface OAuthContext {
  /** `http://localhost:PORT`, the start of every issuer. */
  readonly baseUrl: string
  readonly database: Database
  readonly clock: Clock
  readonly keys: SigningKeys
  readonly outbox: Outbox
  readonly webhooks: Webhooks
  /** Which applications decide whether a flow goes on. */
  readonly interceptors: FlowInterceptors
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
