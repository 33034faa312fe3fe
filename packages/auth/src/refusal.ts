import type { AuthError, AuthErrorCode } from './errors.js'

/** A refused request, for the log. Nothing in it comes from the token or the body. */
export interface Refusal {
  readonly code: AuthErrorCode
  readonly status: number
  /** The rule that was broken, private. */
  readonly detail?: string
  readonly cause?: unknown
  readonly address: string
}

export function refusalOf({ code, status, detail, cause }: AuthError, address: string): Refusal {
  return { code, status, detail, cause, address }
}
