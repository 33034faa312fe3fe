import { type Caller, Secret } from '@scalekit-mcp/auth'
import type { Config } from '../config/config.js'

/** How long a process speaks for the operator who started it; renewed with each call. */
const VALID_S = 3_600

/** The environment's own client as the one who calls: the operator started the process and has its credentials. */
export function operator(
  { upstream, clientId, resource }: Pick<Config, 'upstream' | 'clientId' | 'resource'>,
  scopes: readonly string[],
): Caller {
  return {
    issuer: upstream.mode === 'environment' ? upstream.environmentUrl : upstream.workspaceUrl,
    subject: clientId,
    clientId,
    scopes: new Set(scopes),
    audience: [resource],
    expiresAt: Math.floor(Date.now() / 1000) + VALID_S,
    claims: {},
    token: new Secret(''),
  }
}
