import { z } from 'zod'
import { createTickets } from '../../domain/sessions/tickets.js'
import type { DataStore } from '../../domain/store.js'

const YEAR_SECONDS = 365 * 24 * 3600

/**
 * Which organization a person acts in: of a session, by its uid, and of a grant, by its id. A sign-in through
 * an organization's connection is good for that organization, whatever others the person belongs to.
 */
export function actingOrganizations(store: DataStore, realm: string) {
  const tickets = createTickets(store, realm, 'ActingOrganization', z.string())
  return {
    get: (sessionOrGrant: string | undefined) =>
      sessionOrGrant === undefined ? Promise.resolve(undefined) : tickets.get(sessionOrGrant),
    set: (sessionOrGrant: string, organization: string) =>
      tickets.put(sessionOrGrant, organization, YEAR_SECONDS),
  }
}
