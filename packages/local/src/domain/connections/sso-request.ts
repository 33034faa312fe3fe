import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { ConnectionRow } from '../../storage/registry-schema.js'
import { createTickets } from '../sessions/tickets.js'
import type { DataStore } from '../store.js'

const LIFETIME_SECONDS = 600

/** What an identity provider is asked for: to finish a sign-in, or to try a connection in the admin portal. */
export const Purpose = z.discriminatedUnion('kind', [
  /** `page`: the path of the sign-in that waits for the answer; `email`: the address that led to the connection. */
  z.object({
    kind: z.literal('sign-in'),
    uid: z.string(),
    page: z.string(),
    email: z.string().optional(),
  }),
  /** `request`: the id of the test in the management API. */
  z.object({ kind: z.literal('test'), request: z.string() }),
])
export type Purpose = z.infer<typeof Purpose>

const SsoRequest = z.object({
  connection: z.string(),
  /** What the answer repeats: the nonce of an ID token, the `InResponseTo` of a SAML response. */
  nonce: z.string(),
  /** Of PKCE; SAML has none. */
  verifier: z.string().optional(),
  purpose: Purpose,
})
export type SsoRequest = z.infer<typeof SsoRequest>

/** The requests to identity providers that are not answered yet, by their `state`. */
export function ssoRequests(store: DataStore, environment: string) {
  return createTickets(store, environment, 'SsoRequest', SsoRequest)
}

/** Keeps a request until it is answered. Gives its `state`, which only the browser and the identity provider see. */
export async function keepSsoRequest(
  store: DataStore,
  connection: ConnectionRow,
  request: Omit<SsoRequest, 'connection'>,
): Promise<string> {
  const state = randomBytes(32).toString('base64url')
  const kept = { connection: connection.id, ...request }
  await ssoRequests(store, connection.environment_id).put(state, kept, LIFETIME_SECONDS)
  return state
}
