import type { UserRow } from '../../storage/schema.js'
import { userData } from '../users/user-data.js'
import { type EventTargets, tellEvent } from './tell-event.js'

/** What a user does that applications are told of, and the kind of object that the events service gives it. */
const OBJECTS = {
  'user.signup': 'User',
  'user.login': 'UserLoginEvent',
  'user.logout': 'UserLogoutEvent',
} as const

/**
 * Tells that a user signed up, in or out. Source of the members: the message UserEventData of Scalekit's webhooks.
 * A user who is gone by now has done nothing.
 */
export async function tellUserEvent(
  targets: EventTargets,
  type: keyof typeof OBJECTS,
  environment: string,
  { user: id, organization }: { user: string; organization?: string | undefined },
): Promise<void> {
  const { db } = targets.database
  const user = await db
    .selectFrom('users')
    .selectAll()
    .where('environment_id', '=', environment)
    .where('id', '=', id)
    .executeTakeFirst()
  if (user === undefined) return
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
    ...describe(user),
    ...(inside && { organization: { id: inside.id, ...withExternalId(inside.external_id) } }),
  }
  await tellEvent(targets, { environment, type, object: OBJECTS[type], organization: inside?.id, data })
}

function describe(user: UserRow) {
  const { first_name, last_name } = userData(user).user_profile
  return {
    id: user.id,
    email: user.email,
    ...withExternalId(user.external_id),
    profile: { given_name: first_name ?? '', family_name: last_name ?? '', email_verified: true },
    created_at: new Date(user.created_at).toISOString(),
    updated_at: new Date(user.updated_at).toISOString(),
  }
}

function withExternalId(external_id: string | null) {
  return external_id === null ? {} : { external_id }
}
