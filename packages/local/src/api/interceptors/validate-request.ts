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
    return next(req)
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
