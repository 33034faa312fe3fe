import type { AuthError, AuthErrorCode } from './errors.js'

/** A refused request, for the log. Nothing in it comes from the body, and of a token only the issuer or the audience. */
export interface Refusal {
  readonly code: AuthErrorCode
  readonly status: number
  /** The rule that was broken, private. */
  readonly detail?: string
  /** What was expected and what came, private. */
  readonly reason?: string
  readonly cause?: unknown
  readonly address: string
}

export function refusalOf({ code, status, detail, reason, cause }: AuthError, address: string): Refusal {
  return { code, status, detail, ...(reason !== undefined && { reason }), cause, address }
}
