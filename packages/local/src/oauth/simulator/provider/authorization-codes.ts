import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { createTickets } from '../../../domain/sessions/tickets.js'
import type { OAuthContext } from '../../server/oauth-context.js'

/** RFC 6749, section 4.1.2: a code is short-lived. */
const CODE_SECONDS = 60

const Consent = z.object({
  redirect_uri: z.string(),
  code_challenge: z.string(),
  scopes: z.array(z.string()),
  offline: z.boolean(),
})
export type Consent = z.infer<typeof Consent>

/** The codes of the provider that is simulated for a connection. Each is redeemed once. */
export function authorizationCodes(context: OAuthContext, connection: string) {
  const codes = createTickets(context, `simulator/${connection}`, 'ProviderCode', Consent)
  return {
    async issue(consent: Consent): Promise<string> {
      const code = randomBytes(32).toString('base64url')
      await codes.put(code, consent, CODE_SECONDS)
      return code
    },
    redeem: (code: string) => codes.take(code),
  }
}
