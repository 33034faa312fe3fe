import { z } from 'zod'
import { createTickets } from '../sessions/tickets.js'
import type { DataStore } from '../store.js'
import { AssertedIdentity } from '../users/asserted-identity.js'
import { Purpose } from './sso-request.js'

const SsoOutcome = z.object({
  purpose: Purpose,
  connection: z.string(),
  identity: AssertedIdentity.optional(),
  refusal: z.object({ code: z.string(), message: z.string() }).optional(),
})
export type SsoOutcome = z.infer<typeof SsoOutcome>

/** What identity providers answered, until the page that waits for it takes it. */
export function ssoOutcomes(store: DataStore, environment: string) {
  return createTickets(store, environment, 'SsoOutcome', SsoOutcome)
}
