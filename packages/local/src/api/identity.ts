import { Code } from '@connectrpc/connect'
import { apiError } from '@scalekit-mcp/api'
import type { Identity } from '../domain/identity.js'

/**
 * Reads the `identities` of a request.
 * @throws {ConnectError} InvalidArgument when it names nothing
 */
export function identityOf(
  identities: { case: 'id' | 'externalId'; value: string } | { case: undefined; value?: undefined },
): Identity {
  if (identities.case === 'id') return { id: identities.value }
  if (identities.case === 'externalId') return { externalId: identities.value }
  throw apiError(Code.InvalidArgument, 'Name it: id or external_id is required')
}

/**
 * The value of a field that must be there. The rules of the descriptors say so for most of them already.
 * @throws {ConnectError} InvalidArgument
 */
export function required<T>(value: T | undefined, field: string): T {
  if (value !== undefined) return value
  throw apiError(Code.InvalidArgument, `${field} is required`, {
    fieldViolations: [{ field, description: 'value is required', constraint: 'required' }],
  })
}
