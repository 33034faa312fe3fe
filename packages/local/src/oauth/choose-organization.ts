import type { Database } from '../engine/database.js'
import { activeMemberships, type Person } from './people.js'
import { WORKSPACE } from './realm.js'
import { isScalekitClient } from './scalekit-clients.js'

export interface OrganizationOffer {
  id: string
  display_name: string
}

/** Where a person will act: in this organization (or in none), to be asked, or not at all. */
export type OrganizationChoice =
  | { kind: 'chosen'; organization: string | undefined }
  | { kind: 'ask'; offers: OrganizationOffer[] }
  | { kind: 'refused' }

/**
 * Which organization a person acts in after signing in to an application: the one that the request or the
 * person names, if they belong to it; the only one; or the person is asked.
 */
export async function chooseOrganization(
  database: Database,
  realm: string,
  person: Person,
  { named, clientId }: { named: unknown; clientId: string },
): Promise<OrganizationChoice> {
  if (realm === WORKSPACE) return { kind: 'chosen', organization: undefined }
  const offers = await activeMemberships(database, person.id)
  if (typeof named === 'string' && named !== '') {
    const found = offers.some(({ id }) => id === named)
    return found ? { kind: 'chosen', organization: named } : { kind: 'refused' }
  }
  if (offers.length > 1 && isScalekitClient(clientId)) return { kind: 'ask', offers }
  return { kind: 'chosen', organization: offers[0]?.id }
}
