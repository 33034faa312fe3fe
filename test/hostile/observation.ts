import type { Names } from '../../packages/auth/test/hostile-values.js'
import type { RawResponse } from '../../packages/auth/test/raw-http.js'
import type { Era } from './corpus.js'

/** What happened during one case. A member is missing where the case has nothing to measure it by. */
export interface Observation {
  readonly response?: RawResponse
  /** Every status of a flood. */
  readonly statuses?: readonly number[]
  readonly upstreamCalls: number
  readonly canaryHits: number
  readonly keySetReads: number
  /** What the API received. */
  readonly received: string
  readonly milliseconds: number
  readonly grownMegabytes?: number
  /** Until the server closed the connection; null when it did not in time. */
  readonly closedAfterMs?: number | null
  /** How another client fared meanwhile. */
  readonly others?: { readonly ok: boolean; readonly status: number; readonly milliseconds: number }
  /** Streams that the server kept open. */
  readonly open?: number
  /** Answers with another caller's data. */
  readonly crossTalk?: number
  readonly auditLines?: number
  /** The process lives and answers. */
  readonly alive?: boolean
}

/** What the texts of an expectation are compared with. */
export interface Circumstances {
  readonly names: Names
  readonly era: Era
  /** The scopes that the token claims, whether they exist or not. */
  readonly claimedScopes: readonly string[]
}
