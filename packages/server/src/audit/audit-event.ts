/** Who called, by names and digests: enough to find a person, nothing that opens anything. */
export interface AuditedCaller {
  readonly issuer: string
  readonly subject: string
  readonly clientId: string
  /** SHA-256 of the token's `jti`. */
  readonly tokenId?: string | undefined
  readonly scopesHeld: readonly string[]
}

/** What was called. The arguments themselves are kept nowhere. */
export interface AuditedCall {
  readonly tool: string
  readonly effect: string
  readonly scopesRequired: readonly string[]
  /** SHA-256 of the arguments, with their keys in order. */
  readonly argumentsDigest?: string | undefined
  /** The request that brought the person's answer, where the call asked for one and waited. */
  readonly answeredIn?: string | undefined
}

/** Before a write goes to Scalekit. */
export interface IntentEvent extends AuditedCaller, AuditedCall {
  readonly type: 'intent'
  readonly requestId: string
  readonly traceId: string
}

/** One HTTP request, when its answer has gone and its call has ended; for a write it is the outcome of its intent. */
export interface RequestEvent extends Partial<AuditedCaller>, Partial<AuditedCall> {
  readonly type: 'request'
  readonly requestId: string
  readonly traceId: string
  readonly address: string
  readonly method: string
  readonly place: string
  readonly rpc?: string | undefined
  /** 0: the client left before the answer. */
  readonly status: number
  readonly decision: 'allowed' | 'refused'
  readonly reason?: string | undefined
  readonly outcome?: string | undefined
  /** Of the last answer of Scalekit; 0 when there was none. */
  readonly upstreamStatus?: number | undefined
  readonly milliseconds: number
}

/** About the file itself. */
export type FileEvent =
  | { readonly type: 'begin'; readonly publicKey: string; readonly nonce: string }
  /** `torn`: bytes of a last line that a crash cut; `missing`: records that were there and are gone. */
  | { readonly type: 'resumed'; readonly torn: number; readonly missing: number }
  /** The file could not be written for a while, and so many records were lost. */
  | { readonly type: 'gap'; readonly lost: number }
  | { readonly type: 'checkpoint' }
  /** The last record of a file that was renamed. Signed. */
  | { readonly type: 'rotated' }
  /** The first record of the file that continues the chain of a renamed one. Signed. */
  | { readonly type: 'continued'; readonly publicKey: string }

export type AuditEvent = IntentEvent | RequestEvent | FileEvent
