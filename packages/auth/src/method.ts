import { AuthError } from './errors.js'
import type { HttpRequest } from './http-message.js'

/**
 * Refuses every method but those served (MCP 2026-07-28, Streamable HTTP: POST only). Without a valid token the answer to
 * any method is the challenge, because clients probe with GET and HEAD where they have to sign in.
 *
 * @throws AuthError `method_not_allowed` (405 with `Allow`)
 */
export function checkMethod(req: HttpRequest, methods: readonly string[]): void {
  if (req.method !== undefined && methods.includes(req.method)) return
  throw new AuthError('method_not_allowed', `Use ${methods.join(' or ')}.`, {
    allow: [...methods, 'OPTIONS'],
  })
}
