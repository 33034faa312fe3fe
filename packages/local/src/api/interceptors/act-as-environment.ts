import type { Interceptor } from '@connectrpc/connect'
import { principalKey, requestRealm } from '../request-context.js'

/**
 * Calls from this process are those of an administrator: every method may be called, in the environment that the
 * call names. No connection reaches this interceptor.
 */
export const actAsEnvironment: Interceptor = (next) => (req) => {
  const realm = requestRealm.getStore() ?? ''
  req.contextValues.set(principalKey, { kind: 'client', realm, clientId: '' })
  return next(req)
}
