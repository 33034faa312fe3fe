import { NotInOrganization, type SignInRefusal } from '../../domain/connections/sign-in-refusal.js'
import { joinableOrganizations } from '../../domain/domains/allowed-email-domains.js'
import { WORKSPACE } from '../../domain/environments/realm.js'
import { whyNoOpenMembership } from '../../domain/users/closed-memberships.js'
import { hasMembership } from '../../domain/users/join-organization.js'
import { openMemberships, type Person } from '../../domain/users/people.js'
import type { Clock } from '../../storage/clock.js'
import type { Database } from '../../storage/database.js'

export interface OrganizationOffer {
  id: string
  display_name: string
  /**
   * What choosing it does: nothing to members; it accepts an invitation, joins by the domain of the address, or creates
   * an organization.
   */
  entry: 'member' | 'invited' | 'joins' | 'creates'
}

/** The result: an organization (or none), a question to the person, or a refusal. */
export type OrganizationChoice =
  | { kind: 'chosen'; offer: OrganizationOffer | undefined }
  | { kind: 'ask'; offers: OrganizationOffer[] }
  | { kind: 'refused'; refusal: SignInRefusal }

/** The choice of somebody who belongs to no organization and joins none: one of their own. */
const OWN: OrganizationOffer = { id: 'new', display_name: 'A new organization', entry: 'creates' }

/** What says in which organization a person acts. */
export interface OrganizationWish {
  /** The `organization_id` of the request. */
  readonly asked: unknown
  /** That of the connection through which the person signed in. */
  readonly proven: string | undefined
  /** The answer to `ask`. */
  readonly answer: unknown
}

/**
 * Which organization a person acts in after signing in, however that was: the one that the request asks for, if
 * they belong to it, are invited, or it welcomes the domain of their address, and they did not sign in through a connection
 * of another; the connection's; the only one; or the person is asked. Without a request for it, an organization that welcomes
 * the domain is theirs by their answer only; somebody new may have one of their own instead.
 * Somebody whose only memberships are inactive, or invitations that have expired, is refused.
 */
export async function chooseOrganization(
  { database, clock }: { readonly database: Database; readonly clock: Clock },
  realm: string,
  person: Person,
  { asked, proven, answer }: OrganizationWish,
): Promise<OrganizationChoice> {
  if (realm === WORKSPACE) return { kind: 'chosen', offer: undefined }
  const memberships = await openMemberships(database, clock.now(), person.id)
  const joinable = await joinableOrganizations(database.db, realm, person)
  const offers: OrganizationOffer[] = [
    ...memberships,
    ...joinable.map(({ id, display_name }) => ({ id, display_name, entry: 'joins' as const })),
    ...(joinable.length > 0 && !(await hasMembership(database.db, person.id)) ? [OWN] : []),
  ]
  const wanted = [asked, proven, answer].find((one) => typeof one === 'string' && one !== '')
  if (wanted !== undefined) {
    const allowed = offers.find(
      ({ id, entry }) =>
        id === wanted &&
        (proven === undefined || id === proven) &&
        (entry !== 'creates' || wanted === answer),
    )
    if (allowed) return { kind: 'chosen', offer: allowed }
    const why = await whyNoOpenMembership(database, clock.now(), person, String(wanted))
    return { kind: 'refused', refusal: why ?? new NotInOrganization(person.name) }
  }
  if (offers.length > 1 || joinable.length > 0) return { kind: 'ask', offers }
  const [only] = offers
  const refusal = only ? undefined : await whyNoOpenMembership(database, clock.now(), person)
  return refusal ? { kind: 'refused', refusal } : { kind: 'chosen', offer: only }
}
