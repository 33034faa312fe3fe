import type { Interceptor } from '@connectrpc/connect'
import { ConnectionService, connections } from '@scalekit-mcp/api'

const { createEnvironmentConnection } = ConnectionService.method
const { ConnectionProvider, ConnectionType } = connections

/**
 * Fills in what the rules of a new connection allow one value for: the name of a connection for passkeys, and the key of
 * Scalekit as a provider. A request may leave both out.
 */
export const fillConnection: Interceptor = (next) => (req) => {
  if (req.stream || req.method !== createEnvironmentConnection) return next(req)
  const { connection } = req.message as connections.CreateEnvironmentConnectionRequest
  if (connection?.type === ConnectionType.WEBAUTHN) connection.keyId ||= 'WEBAUTHN'
  if (connection?.provider === ConnectionProvider.SCALEKIT) connection.providerKey ||= 'SCALEKIT'
  return next(req)
}
