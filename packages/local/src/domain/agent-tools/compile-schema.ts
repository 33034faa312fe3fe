import { Ajv, type ValidateFunction } from 'ajv'
import { failedPrecondition } from '../domain-error.js'
import type { Tool } from './connector.js'

/** @throws {DomainError} `failed_precondition` for an invalid schema */
export function compileSchema({ name, input_schema }: Tool): ValidateFunction {
  // Other drafts than the library's own differ in what few tools use.
  const { $schema: _, ...schema } = input_schema
  const library = new Ajv({ allErrors: true, strict: false, validateFormats: false })
  try {
    return library.compile(schema)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw failedPrecondition(`The input_schema of ${name} is not a JSON Schema (${why}): correct the seed`)
  }
}
