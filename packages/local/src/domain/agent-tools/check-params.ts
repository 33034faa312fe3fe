import type { ValidateFunction } from 'ajv'
import { type FieldViolation, invalid } from '../domain-error.js'
import type { Tool } from './connector.js'

/** How many compiled schemas are kept. A seed that is replaced again and again has new ones each time. */
const KEPT = 500

export interface ParamsChecker {
  /** @throws {DomainError} `invalid` with one violation per param; `failed_precondition` for a tool with an invalid schema */
  check(tool: Tool, params: unknown): Promise<void>
}

/** Compiles the schema of a tool when it is first called; the library is loaded then too. */
export function createParamsChecker(): ParamsChecker {
  let compiled = new Map<string, ValidateFunction>()
  return {
    async check(tool, params) {
      const schema = JSON.stringify(tool.input_schema)
      const validate = compiled.get(schema) ?? (await import('./compile-schema.js')).compileSchema(tool)
      if (compiled.size >= KEPT) compiled = new Map()
      compiled.set(schema, validate)
      if (validate(params)) return
      const violations = (validate.errors ?? []).map((error): FieldViolation => {
        const { instancePath, params: detail, message = 'not valid' } = error
        const missing = error.keyword === 'required' ? `/${String(detail.missingProperty)}` : ''
        const field = `params${`${instancePath}${missing}`.replaceAll('/', '.')}`
        return { field, description: missing ? 'value is required' : message }
      })
      const text = violations.map(({ field, description }) => `${field}: ${description}`).join('; ')
      throw invalid(`${tool.name} does not accept these params: ${text}`, violations)
    },
  }
}
