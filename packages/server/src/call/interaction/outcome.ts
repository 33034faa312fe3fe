import type { ToolErrorCode } from '../../errors.js'

/** How a hand-off ended. Neither a link nor a secret is ever part of it. */
export type Outcome =
  | {
      readonly status: 'done'
      readonly output: Readonly<Record<string, unknown>>
      readonly requestId: string
      /** When the call was made: ISO 8601. */
      readonly at: string
    }
  | { readonly status: 'failed'; readonly error: FailedCall }
  | { readonly status: 'declined' }

interface FailedCall {
  readonly code: ToolErrorCode
  readonly message: string
  readonly nextStep: string
}

/** What a client is told of a hand-off. */
export type Progress = Outcome | { readonly status: 'waiting' | 'running' }
