import type { DescMethod } from '@bufbuild/protobuf'
import { Code, type Interceptor } from '@connectrpc/connect'
import { apiError } from '@scalekit-mcp/api'
import { REFUSED_FIELDS, type RefusedField } from '../fields/refused-fields.js'
import { isEmpty, valuesAt } from '../fields/set-fields.js'

/**
 * Refuses what nothing would honour, so that no setting is stored without an effect.
 * @throws {ConnectError} Unimplemented with the names of the fields
 */
export function refuseFields(): Interceptor {
  const byMethod = new Map<DescMethod, RefusedField[]>()
  for (const one of REFUSED_FIELDS) byMethod.set(one.method, [...(byMethod.get(one.method) ?? []), one])
  return (next) => async (req) => {
    const known = byMethod.get(req.method) ?? []
    if (known.length === 0 || req.stream) return next(req)
    const { message } = req
    const refused = known.filter(({ field, accepted }) =>
      valuesAt(message, field.fields).some((value) => !isEmpty(value) && !accepted.includes(value)),
    )
    if (refused.length > 0) throw unsupported(refused)
    return next(req)
  }
}

function unsupported(refused: readonly RefusedField[]) {
  const fieldViolations = refused.map(({ field, reason }) => ({
    field: field.path,
    description: `not supported by the local environment: ${reason}`,
    constraint: 'unimplemented',
  }))
  const text = fieldViolations.map(({ field, description }) => `${field}: ${description}`).join('; ')
  return apiError(Code.Unimplemented, text, { fieldViolations })
}
