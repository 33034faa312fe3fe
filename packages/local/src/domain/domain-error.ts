/** What kind of refusal it is; each entrance has its own words and status for it. */
export type DomainErrorCode =
  | 'not_found'
  | 'already_exists'
  | 'invalid'
  | 'failed_precondition'
  | 'unimplemented'

/** A field of what was sent, by the names of the API, and what is wrong with it. */
export interface FieldViolation {
  readonly field: string
  readonly description: string
}

/** A rule of the domain that refuses what was asked. The message says what happened and what to do, to whoever asked. */
export class DomainError extends Error {
  readonly code: DomainErrorCode
  readonly fieldViolations: readonly FieldViolation[]

  constructor(code: DomainErrorCode, message: string, fieldViolations: readonly FieldViolation[] = []) {
    super(message)
    this.name = 'DomainError'
    this.code = code
    this.fieldViolations = fieldViolations
  }
}

export const notFound = (message: string) => new DomainError('not_found', message)
export const alreadyExists = (message: string) => new DomainError('already_exists', message)
export const failedPrecondition = (message: string) => new DomainError('failed_precondition', message)
export const invalid = (message: string, violations?: readonly FieldViolation[]) =>
  new DomainError('invalid', message, violations)
/** A field that Scalekit accepts and nothing here would honour. */
export const unimplemented = (field: string, reason: string) =>
  new DomainError('unimplemented', `The local environment does not implement ${field}: ${reason}`, [
    { field, description: reason },
  ])
