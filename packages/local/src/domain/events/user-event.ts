import type { Kysely } from 'kysely'
import type { Clock } from '../../storage/clock.js'
import type { MembershipRow, OrganizationRow, Schema, UserRow } from '../../storage/schema.js'
import { organizationData } from '../organizations/organization-data.js'
import { heldRoles } from '../roles/membership-rights.js'
import { openRoleBook } from '../roles/role-book.js'
import type { SessionView } from '../sessions/session-view.js'
import {
  isEmailVerified,
  membershipData,
  membershipStatus,
  provisioningMethod,
  userData,
} from '../users/user-data.js'
import type { HappenedEvent } from './events.js'
import { noteEvent } from './note-event.js'

type Db = Kysely<Schema>

/** The events of users, and the kind of object that the events service gives each. */
const OBJECTS = {
  'user.signup': 'OrgMembershipEvent',
  'user.login': 'UserLoginEvent',
  'user.logout': 'UserLogoutEvent',
  'user.organization_invitation': 'OrgMembershipEvent',
  'user.organization_membership_created': 'OrgMembershipEvent',
  'user.organization_membership_updated': 'OrgMembershipEvent',
  'user.organization_membership_deleted': 'OrgMembershipEvent',
} as const
export type UserEventType = keyof typeof OBJECTS

/** Who did something, in which organization and session. */
export interface Acting {
  readonly user: string
  readonly organization?: string | undefined
  readonly session?: SessionView
}

/** Notes what has become of a user, for applications. Nothing becomes of a user who is deleted. */
export async function noteUserEvent(
  db: Db,
  clock: Clock,
  type: UserEventType,
  environment: string,
  acting: Acting,
): Promise<void> {
  const event = await userEvent(db, clock.now(), type, environment, acting)
  if (event !== undefined) await noteEvent(db, clock, event)
}

/** Source of the members: Scalekit's reference of the events of users, and the schemas of its API description. */
async function userEvent(
  db: Db,
  now: number,
  type: UserEventType,
  environment: string,
  { user: id, organization, session }: Acting,
): Promise<HappenedEvent | undefined> {
  const user = await db
    .selectFrom('users')
    .selectAll()
    .where('environment_id', '=', environment)
    .where('id', '=', id)
    .executeTakeFirst()
  if (user === undefined) return undefined
  const inside = await db
    .selectFrom('organizations')
    .selectAll()
    .where('environment_id', '=', environment)
    .where('id', '=', organization ?? '')
    .executeTakeFirst()
  const memberships = await db.selectFrom('memberships').selectAll().where('user_id', '=', id).execute()
  const here = memberships.find((one) => one.organization_id === inside?.id)
  const data = {
    user: {
      ...describeUser(user, isEmailVerified(user, memberships)),
      ...(inside && here && { membership: await describeMembership(db, now, inside, here) }),
    },
    ...(inside && { organization: describeOrganization(inside) }),
    ...(session && { user_session: describeSession(session) }),
  }
  return { environment, type, object: OBJECTS[type], organization: inside?.id, data }
}

function describeUser(user: UserRow, email_verified: boolean) {
  const { user_profile: profile, metadata, last_login_at, external_identities = [] } = userData(user)
  const { first_name: given_name = '', last_name: family_name = '' } = profile
  return {
    ...{ id: user.id, environment_id: user.environment_id, email: user.email, metadata },
    ...(user.external_id !== null && { external_id: user.external_id }),
    create_time: iso(user.created_at),
    update_time: iso(user.updated_at),
    ...(last_login_at !== undefined && { last_login_time: iso(last_login_at) }),
    user_profile: {
      ...{ id: user.id, email_verified, given_name, family_name },
      name: profile.name ?? [given_name, family_name].filter(Boolean).join(' '),
      ...{ preferred_username: profile.preferred_username ?? '', picture: profile.picture ?? '' },
      ...{ phone_number: profile.phone_number ?? '', phone_number_verified: false },
      ...{ locale: profile.locale ?? '', gender: profile.gender ?? '', groups: profile.groups ?? [] },
      ...{ metadata: profile.metadata, custom_attributes: profile.custom_attributes },
      external_identities: external_identities.map(
        ({ created_at, last_login_at: login, last_synced_at: synced, raw_attributes: _, ...identity }) => ({
          ...identity,
          ...{ created_time: iso(created_at), last_login_time: iso(login) },
          ...(synced !== undefined && { last_synced_time: iso(synced) }),
        }),
      ),
    },
  }
}

function describeOrganization(row: OrganizationRow) {
  const { region_code, metadata, features } = organizationData(row)
  return {
    ...{ id: row.id, display_name: row.display_name, external_id: row.external_id, region_code, metadata },
    ...{ create_time: iso(row.created_at), update_time: iso(row.updated_at), settings: { features } },
  }
}

async function describeMembership(
  db: Db,
  now: number,
  { id: organization_id, environment_id, display_name }: OrganizationRow,
  row: MembershipRow,
) {
  const { accepted_at, expires_at, inviter_email, metadata } = membershipData(row)
  const book = await openRoleBook(db, environment_id, organization_id)
  return {
    ...{ organization_id, name: display_name, display_name, metadata },
    membership_status: membershipStatus(row, now),
    provisioning_method: provisioningMethod(row),
    roles: heldRoles(book, row).map((role) => ({
      ...{ id: role.id, name: role.name, display_name: role.display_name },
    })),
    created_at: iso(row.created_at),
    ...(accepted_at !== undefined && { accepted_at: iso(accepted_at) }),
    ...(expires_at !== undefined && { expires_at: iso(expires_at) }),
    ...(inviter_email !== undefined && { inviter_email }),
  }
}

/** A session in the words of the API, but with the upper-case status that the reference of events shows. */
function describeSession(view: SessionView) {
  const { id: session_id, user_id, organizations, clients, last_active_at, ended_at } = view
  const [organization_id] = organizations
  const ended = ended_at === undefined ? null : iso(ended_at)
  const uses = view.uses ?? clients.map((client) => ({ client, organization: organization_id }))
  return {
    ...{ session_id, user_id, ...(organization_id !== undefined && { organization_id }) },
    status: view.status.toUpperCase(),
    created_at: iso(view.created_at),
    updated_at: iso(ended_at ?? last_active_at ?? view.created_at),
    ...(last_active_at !== undefined && { last_active_at: iso(last_active_at) }),
    ...(view.expires_at !== undefined && { absolute_expires_at: iso(view.expires_at) }),
    ...(view.idle_expires_at !== undefined && { idle_expires_at: iso(view.idle_expires_at) }),
    expired_at: view.status === 'logout' ? null : ended,
    logout_at: view.status === 'logout' ? ended : null,
    authenticated_organizations: organizations,
    authenticated_clients: uses.map(({ client, organization = '' }) => ({
      ...{ client_id: client, organization_id: organization },
    })),
    ...(view.device && { device: view.device }),
  }
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
