export type LocalErrorCode =
  | 'port_in_use'
  | 'seed_invalid'
  | 'request_invalid'
  | 'not_found'
  | 'driver_missing'

/** A failure that the developer can act on: a stable code, and a message that says what to do. */
export class LocalError extends Error {
  readonly code: LocalErrorCode

  constructor(code: LocalErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'LocalError'
    this.code = code
  }
}
