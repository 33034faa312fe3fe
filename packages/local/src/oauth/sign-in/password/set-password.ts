import { forgetAttempts } from '../../../domain/passwords/password-attempts.js'
import { hashPassword } from '../../../domain/passwords/password-hash.js'
import { endSession } from '../../../domain/sessions/end.js'
import { liveSessions } from '../../../domain/sessions/live-sessions.js'
import type { Circumstances } from '../../../domain/users/circumstances.js'
import { findPerson, type Person } from '../../../domain/users/people.js'
import { signUp } from '../../../domain/users/sign-up.js'
import type { OAuthContext } from '../../server/oauth-context.js'

/** NIST SP 800-63B, section 5.1.1.2: a minimum length, and no rules of composition. */
export const SHORTEST = 8
export const LONGEST = 256

/** How a password is set: by whom, and in which sign-in, whose own session goes on. */
export interface NewPassword {
  email: string
  password: string
  session: string | undefined
  about: Circumstances
}

/**
 * Sets the password of whoever proved an address, and gives the person: somebody new signs up with it. Where they
 * were signed in otherwise, they are no longer: whoever knew the old password is out. Throws a `SignInRefusal` as
 * `signUp` does.
 */
export async function setPassword(
  context: OAuthContext,
  environment: string,
  { email, password, session, about }: NewPassword,
): Promise<Person | undefined> {
  const { database, clock } = context
  const hash = await hashPassword(password)
  const known = await findPerson(database, environment, email)
  const user_id = known?.id ?? (await signUp(context, environment, { email }, { about })).userId
  const row = { user_id, hash, updated_at: clock.now() }
  await database.db
    .insertInto('passwords')
    .values(row)
    .onConflict((conflict) =>
      conflict.column('user_id').doUpdateSet({ hash: row.hash, updated_at: row.updated_at }),
    )
    .execute()
  await forgetAttempts(context, environment, email)
  await endSessions(context, environment, user_id, session)
  return findPerson(database, environment, user_id)
}

async function endSessions(
  { database, clock }: OAuthContext,
  environment: string,
  user: string,
  except: string | undefined,
): Promise<void> {
  await database.transaction(async (db) => {
    const live = await liveSessions(db, clock, environment)
    for (const session of live.filter(({ userId, uid }) => userId === user && uid !== except))
      await endSession(db, clock, session, 'revoked')
  })
}
