import type { AuthError, AuthErrorCode } from './errors.js'

/** A refused request, for the log. Nothing in it comes from the body, and of the token at most its audience or issuer. */
export interface Refusal {
  readonly code: AuthErrorCode
  readonly status: number
  /** The rule that was broken, private. */
  readonly detail?: string
  /** A sentence about a token that is for another server: its audience or issuer, and those that are accepted. */
  readonly explanation?: string
  readonly cause?: unknown
  readonly address: string
}

export function refusalOf(error: AuthError, address: string): Refusal {
  const { code, status, detail, explanation, cause } = error
  return { code, status, detail, explanation, cause, address }
}
