import { z } from 'zod'
import { createTickets } from '../../domain/sessions/tickets.js'
import type { DataStore } from '../../domain/store.js'

const YEAR_SECONDS = 365 * 24 * 3600

export const AddedClaims = z.record(z.string(), z.unknown())
export type AddedClaims = z.infer<typeof AddedClaims>

/** A session, where its user acts in one organization or in none. */
interface Place {
  readonly uid: string
  readonly organization: string | undefined
}

/** The claims that applications added before a session was created. Every grant that comes from it has them. */
export function addedClaims(store: DataStore, realm: string) {
  const tickets = createTickets(store, realm, 'AddedClaims', AddedClaims)
  const nameOf = ({ uid, organization = '' }: Place) => `${uid} ${organization}`
  return {
    of: (grant: string | undefined) =>
      grant === undefined ? Promise.resolve(undefined) : tickets.get(grant),
    set: (place: Place, claims: AddedClaims) => tickets.put(nameOf(place), claims, YEAR_SECONDS),
    async handOn(place: Place, grant: string): Promise<void> {
      const claims = await tickets.get(nameOf(place))
      if (claims !== undefined) await tickets.put(grant, claims, YEAR_SECONDS)
    },
  }
}

/** As tokens have them: under a name of their own, so that none replaces a claim of the environment. */
export function asCustomClaims(claims: AddedClaims | undefined) {
  return claims === undefined || Object.keys(claims).length === 0 ? {} : { custom_claims: claims }
}
