import { z } from 'zod'
import { createTickets } from '../../domain/sessions/tickets.js'
import type { DataStore } from '../../domain/store.js'
import { AssertedIdentity } from '../../domain/users/asserted-identity.js'

const PROOF_SECONDS = 600

/** How somebody has said who they are. */
export const Proof = z.object({
  amr: z.array(z.string()),
  /** The organization whose connection this was. */
  organization: z.string().optional(),
  /** Somebody who was signed in before, and goes on in this session. */
  session: z.boolean().optional(),
  /** Claims that the application adds, whose login page it was. */
  claims: z.record(z.string(), z.unknown()).optional(),
  /** The organization whose invitation they opened. */
  invitedTo: z.string().optional(),
})
export type Proof = z.infer<typeof Proof>

/** Who somebody is, while they choose an organization; by the uid of the interaction. */
export function keptProofs(store: DataStore, realm: string) {
  const tickets = createTickets(store, realm, 'Proof', z.object({ person: z.string(), proof: Proof }))
  return {
    put: (uid: string, person: string, proof: Proof) => tickets.put(uid, { person, proof }, PROOF_SECONDS),
    async get(uid: string, person: string): Promise<Proof | undefined> {
      const kept = await tickets.get(uid)
      return kept?.person === person ? kept.proof : undefined
    },
  }
}

/** What an identity provider said, while the person proves the address by e-mail; by the uid of the interaction. */
export function keptAssertions(store: DataStore, realm: string) {
  const Assertion = z.object({ connection: z.string(), identity: AssertedIdentity })
  const tickets = createTickets(store, realm, 'UncheckedAssertion', Assertion)
  return {
    put: (uid: string, assertion: z.infer<typeof Assertion>) => tickets.put(uid, assertion, PROOF_SECONDS),
    get: (uid: string) => tickets.get(uid),
    take: (uid: string) => tickets.take(uid),
  }
}
