import type { Message } from '@bufbuild/protobuf'
import { pathToString } from '@bufbuild/protobuf/reflect'
import { createValidator, type Violation } from '@bufbuild/protovalidate'
import type { Interceptor } from '@connectrpc/connect'
import { invalidFields } from '@scalekit-mcp/api'

/** Compiles the rules of a message when it first validates one, for all local environments of a process. */
const validator = createValidator()

/**
 * Holds every request to the rules of its descriptor (buf.validate). Answers are not checked: some of the
 * API's own rules for them cannot be met.
 * @throws {ConnectError} InvalidArgument with one violation per field
 */
export function validateRequest(): Interceptor {
  return (next) => async (req) => {
    if (req.stream) return next(req)
    const result = validator.validate(req.method.input, req.message)
    if (result.kind === 'error') throw result.error
    const violations = (result.violations ?? []).filter((violation) => !isWildcard(violation, req.message))
    if (violations.length > 0) throw invalid(violations)
    const unstorable = [...fieldsWithNul(req.message)]
    if (unstorable.length > 0)
      throw invalidFields(unstorable.map((field) => ({ field, description: 'must not contain U+0000' })))
    return next(req)
  }
}

/** The fields whose text has a NUL, which PostgreSQL stores in no text. */
function* fieldsWithNul(value: unknown, path = ''): Generator<string> {
  if (typeof value === 'string' && value.includes('\0')) yield path
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return
  for (const [name, part] of Object.entries(value)) {
    if (name.includes('\0')) yield path
    const field = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    yield* fieldsWithNul(part, path === '' ? field : `${path}.${field}`)
  }
}

/** `-` stands for "any" where an id is expected (AIP-159). */
function isWildcard({ field, ruleId }: Violation, message: Message): boolean {
  const [only, ...deeper] = field
  if (!ruleId.startsWith('string.') || only?.kind !== 'field' || deeper.length > 0) return false
  return Reflect.get(message, only.localName) === '-'
}

function invalid(violations: readonly Violation[]) {
  const fieldViolations = violations.map(({ field, message, ruleId }) => ({
    field: pathToString(field),
    description: message,
    constraint: ruleId,
  }))
  return invalidFields(fieldViolations)
}
