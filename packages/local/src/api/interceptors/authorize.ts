import type { DescMethod } from '@bufbuild/protobuf'
import { Code, type Interceptor } from '@connectrpc/connect'
import { type AuthOption, apiError, authOption } from '@scalekit-mcp/api'
import { mayUseApi } from '../../domain/clients/api-access.js'
import type { Store } from '../../domain/store.js'
import type { Authenticate, Principal } from '../../domain/tokens/principal.js'
import { principalKey, requestRealm } from '../request-context.js'
import { mayMemberCall } from './member-rights.js'

/**
 * Who may call, from the method's own descriptor. Everything that it does not allow is refused.
 * @throws {ConnectError} Unauthenticated without a valid token, PermissionDenied for the wrong caller
 */
export function authorize(authenticate: Authenticate, { database }: Store): Interceptor {
  return (next) => async (req) => {
    const option = authOption(req.method)
    const authorization = req.header.get('authorization')
    const principal = await authenticate(authorization)
    if (!option.callers.has('none')) {
      if (!principal) throw unauthenticated(authorization)
      const refusal = refuse(principal, option, req.method)
      if (refusal !== undefined) throw apiError(Code.PermissionDenied, refusal)
      if (principal.kind === 'client' && !(await mayUseApi(database.db, principal.clientId))) {
        throw apiError(
          Code.PermissionDenied,
          'This client may not use the API: see disallow_scalekit_api_access',
        )
      }
    }
    req.contextValues.set(principalKey, principal)
    return next(req)
  }
}

function unauthenticated(authorization: string | null) {
  const message = authorization ? 'Token invalid, expired or revoked: get a new one' : 'Token empty'
  return apiError(Code.Unauthenticated, message)
}

function refuse(principal: Principal, option: AuthOption, method: DescMethod): string | undefined {
  if (principal.kind === 'member') {
    if (!option.callers.has('workspace')) return `${method.name} is not for members of the workspace`
    return mayMemberCall(principal.role, method)
      ? undefined
      : `${method.name} needs the workspace role ADMIN, and a token with a write scope`
  }
  const realm = requestRealm.getStore()
  if (realm !== undefined && realm !== principal.realm) return 'The token belongs to another environment'
  if (principal.kind === 'client') {
    return option.callers.has('client') ? undefined : `${method.name} is not for clients: sign in as a member`
  }
  if (!option.callers.has('session')) return `${method.name} is not for users`
  const missing = option.permissions.filter((permission) => !principal.permissions.includes(permission))
  return missing.length > 0 ? `The user lacks the permission ${missing.join(', ')}` : undefined
}
