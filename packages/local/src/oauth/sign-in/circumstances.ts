import type { Request } from 'express'
import { deviceOf } from '../../domain/sessions/device.js'
import type { Circumstances } from '../../domain/users/circumstances.js'

/** The parameters of an authorization request that applications are told. */
const AUTH_REQUEST = ['connection_id', 'organization_id', 'domain', 'login_hint', 'state']

/** Where a person is, as far as it is known on one machine. */
export function circumstances(request: Request, params: Readonly<Record<string, unknown>>): Circumstances {
  const device = deviceOf(request.headers['user-agent'], request.socket.remoteAddress)
  const { ip: ip_address, user_agent, device_type } = device
  return {
    auth_request: Object.fromEntries(
      AUTH_REQUEST.flatMap((name) => (name in params ? [[name, params[name]]] : [])),
    ),
    ip_address,
    user_agent,
    device_type,
  }
}
