import type { Kysely } from 'kysely'
import type { Schema, UserRow } from '../../storage/schema.js'
import { userData } from '../users/user-data.js'
import type { HappenedEvent } from './events.js'
import { type EventTargets, tellEvent } from './tell-event.js'

/** What a user does that applications are told of, and the kind of object that the events service gives it. */
const OBJECTS = {
  'user.signup': 'OrgMembershipEvent',
  'user.login': 'UserLoginEvent',
  'user.logout': 'UserLogoutEvent',
  'user.organization_membership_created': 'OrgMembershipEvent',
} as const

export interface Acting {
  readonly user: string
  readonly organization?: string | undefined
}

/**
 * What a user did, as applications are told. Source of the members: Scalekit's reference of the events of users.
 * A user who is gone by now has done nothing.
 */
export async function userEvent(
  db: Kysely<Schema>,
  type: keyof typeof OBJECTS,
  environment: string,
  { user: id, organization }: Acting,
): Promise<HappenedEvent | undefined> {
  const user = await db
    .selectFrom('users')
    .selectAll()
    .where('environment_id', '=', environment)
    .where('id', '=', id)
    .executeTakeFirst()
  if (user === undefined) return undefined
  const inside =
    organization === undefined
      ? undefined
      : await db
          .selectFrom('organizations')
          .select(['id', 'external_id'])
          .where('environment_id', '=', environment)
          .where('id', '=', organization)
          .executeTakeFirst()
  const data = {
    user: describe(user),
    ...(inside && { organization: { id: inside.id, ...withExternalId(inside.external_id) } }),
  }
  return { environment, type, object: OBJECTS[type], organization: inside?.id, data }
}

/** Tells that a user signed up, in or out, or joined an organization. */
export async function tellUserEvent(
  targets: EventTargets,
  type: keyof typeof OBJECTS,
  environment: string,
  acting: Acting,
): Promise<void> {
  const event = await userEvent(targets.database.db, type, environment, acting)
  if (event !== undefined) await tellEvent(targets, event)
}

function describe(user: UserRow) {
  const { name, first_name, last_name } = userData(user).user_profile
  return {
    ...{ id: user.id, environment_id: user.environment_id, email: user.email },
    ...withExternalId(user.external_id),
    create_time: new Date(user.created_at).toISOString(),
    update_time: new Date(user.updated_at).toISOString(),
    user_profile: {
      id: user.id,
      ...{ name: name ?? '', given_name: first_name ?? '', family_name: last_name ?? '' },
      email_verified: true,
    },
  }
}

function withExternalId(external_id: string | null) {
  return external_id === null ? {} : { external_id }
}
