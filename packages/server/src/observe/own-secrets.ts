import { Secret } from '@scalekit-mcp/auth'
import type { Config } from '../config/config.js'

/** The secrets that this server is configured with: none of them is in a result or in the log, whatever brought it there. */
export function ownSecrets({ clientSecret, stateKey, shared }: Config): Secret[] {
  return [clientSecret, ...(stateKey ? [stateKey] : []), ...(shared ? [passwordOf(shared.redisUrl)] : [])]
}

function passwordOf(url: Secret): Secret {
  return new Secret(decodeURIComponent(new URL(url.reveal()).password))
}
