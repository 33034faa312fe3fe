export type LocalErrorCode =
  | 'port_in_use'
  | 'data_in_use'
  | 'data_unusable'
  | 'database_unavailable'
  | 'seed_invalid'
  | 'request_invalid'
  | 'not_found'
  | 'driver_missing'
  | 'option_invalid'

/** A failure that the developer can act on: a stable code, and a message with the next step. */
export class LocalError extends Error {
  readonly code: LocalErrorCode

  constructor(code: LocalErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'LocalError'
    this.code = code
  }
}

/** PostgreSQL cannot be reached, or broke the connection. Express and oidc-provider answer with the status of an error. */
export class DatabaseUnavailable extends LocalError {
  readonly status = 503
  readonly statusCode = 503

  constructor(message: string, cause: unknown) {
    super('database_unavailable', message, { cause })
  }
}
