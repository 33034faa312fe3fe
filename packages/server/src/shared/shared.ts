import type { LimiterOptions, RateLimiter, RevocationStore } from '@scalekit-mcp/auth'
import { createIdempotency, type Idempotency } from '../call/idempotency.js'
import { createQuestions, type Questions } from '../mcp/questions.js'
import { createKeyValue, type KeyValue } from './key-value.js'

/** What replicas of this server know together. Alone, each process has its own. */
export interface Shared {
  /** Absent: limits are counted in this process. */
  readonly createLimiter?: (options: LimiterOptions) => RateLimiter
  readonly idempotency: Idempotency
  readonly questions: Questions
  /** What persons are waited for with. */
  readonly kept: KeyValue
  /** Absent: every process asks the authorization server itself. */
  readonly revocations?: RevocationStore
  /** For `/ready`; absent when nothing is shared. */
  readonly redis?: () => 'connected' | 'unreachable'
  close(): Promise<void>
}

/**
 * For one process: everything in its memory.
 *
 * @param answerMs how long a person has to answer
 */
export function createOwn(answerMs: number): Shared {
  return {
    idempotency: createIdempotency(),
    kept: createKeyValue(),
    questions: createQuestions(answerMs),
    close: async () => undefined,
  }
}
