import { Ajv, type ValidateFunction } from 'ajv'
import { failedPrecondition } from '../domain-error.js'
import type { Tool } from './connector.js'

type Schema = Tool['input_schema']

/** @throws {DomainError} `failed_precondition` for an invalid schema */
export function compileSchema({ name, input_schema }: Tool): ValidateFunction {
  const compiled = compile(input_schema)
  if ('validate' in compiled) return compiled.validate
  throw failedPrecondition(
    `The input_schema of ${name} is not a JSON Schema (${compiled.problem}): correct the seed`,
  )
}

/** Why this is not a JSON Schema; undefined where it is one. */
export function schemaProblem(schema: Schema): string | undefined {
  const compiled = compile(schema)
  return 'problem' in compiled ? compiled.problem : undefined
}

function compile({ $schema: _, ...schema }: Schema): { validate: ValidateFunction } | { problem: string } {
  // Other drafts than the library's own differ in what few tools use.
  const library = new Ajv({ allErrors: true, strict: false, validateFormats: false })
  try {
    return { validate: library.compile(schema) }
  } catch (cause) {
    return { problem: cause instanceof Error ? cause.message : String(cause) }
  }
}
