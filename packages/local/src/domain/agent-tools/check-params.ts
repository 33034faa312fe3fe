import type { ValidateFunction } from 'ajv'
import { type FieldViolation, failedPrecondition, invalid } from '../domain-error.js'
import type { Tool } from './connector.js'

/** How many compiled schemas are kept. A seed that is replaced again and again has new ones each time. */
const KEPT = 500

export interface ParamsChecker {
  /** @throws {DomainError} `invalid` with one violation per param; `failed_precondition` for a tool whose schema is none */
  check(tool: Tool, params: unknown): Promise<void>
}

/** Compiles the schema of a tool when it is first called; the library is loaded then too. */
export function createParamsChecker(): ParamsChecker {
  let compiled = new Map<string, ValidateFunction>()
  return {
    async check(tool, params) {
      const text = JSON.stringify(tool.input_schema)
      const validate = compiled.get(text) ?? (await compile(tool))
      if (compiled.size >= KEPT) compiled = new Map()
      compiled.set(text, validate)
      if (validate(params)) return
      const violations = (validate.errors ?? []).map((error): FieldViolation => {
        const { instancePath, params: detail, message = 'not valid' } = error
        const missing = error.keyword === 'required' ? `/${String(detail.missingProperty)}` : ''
        const field = `params${`${instancePath}${missing}`.replaceAll('/', '.')}`
        return { field, description: missing ? 'value is required' : message }
      })
      const told = violations.map(({ field, description }) => `${field}: ${description}`).join('; ')
      throw invalid(`${tool.name} does not accept these params: ${told}`, violations)
    },
  }
}

async function compile(tool: Tool): Promise<ValidateFunction> {
  const { Ajv } = await import('ajv')
  // Other drafts than the library's own differ in what few tools use.
  const { $schema: _, ...schema } = tool.input_schema
  try {
    return new Ajv({ allErrors: true, strict: false, validateFormats: false }).compile(schema)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw failedPrecondition(
      `The input_schema of ${tool.name} is not a JSON Schema (${why}): correct the seed`,
    )
  }
}
