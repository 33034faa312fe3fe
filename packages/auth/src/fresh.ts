import type { Caller } from './caller.js'
import { temporarilyUnavailable } from './errors.js'

/**
 * Fails closed for what changes something: without an answer of the authorization server, the token may be revoked.
 *
 * @throws AuthError `temporarily_unavailable`
 */
export function checkFresh({ revocation }: Caller): void {
  if (revocation === 'unknown') throw temporarilyUnavailable('revocation_unknown')
}
