import type { DescMethod } from '@bufbuild/protobuf'
import { FeatureSet_FieldPresence } from '@bufbuild/protobuf/wkt'
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
    const refused = known.filter((one) =>
      valuesAt(message, one.field.fields).some((value) => isRefused(one, value)),
    )
    if (refused.length > 0) throw unsupported(refused)
    return next(req)
  }
}

function isRefused({ field, accepted }: RefusedField, value: unknown): boolean {
  if (accepted.length === 0 || field.fields.at(-1)?.presence === FeatureSet_FieldPresence.IMPLICIT)
    return !isEmpty(value) && !accepted.includes(value)
  return !accepted.includes(value)
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
