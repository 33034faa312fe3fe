import { z } from 'zod'
import { realmIssuer, WORKSPACE } from '../../../domain/environments/realm.js'
import { forgetAttempts, mayAttempt } from '../../../domain/passwords/password-attempts.js'
import { passwordMatches } from '../../../domain/passwords/password-hash.js'
import { createTickets } from '../../../domain/sessions/tickets.js'
import { findPerson, type Person } from '../../../domain/users/people.js'
import type { OAuthContext } from '../../server/oauth-context.js'

const LINK_SECONDS = 15 * 60

const PasswordLink = z.object({ email: z.string(), uid: z.string() })

/** Whether the people of an environment may sign in with a password: when its connection of that type is enabled. */
export async function passwordsEnabled({ database }: OAuthContext, realm: string): Promise<boolean> {
  if (realm === WORKSPACE) return false
  const row = await database.db
    .selectFrom('connections')
    .select('id')
    .where('environment_id', '=', realm)
    .where('organization_id', 'is', null)
    .where('type', '=', 'PASSWORD')
    .where('enabled', '=', 1)
    .executeTakeFirst()
  return row !== undefined
}

/** Who signs in with an address and a password. Undefined, in the same time, for whatever is wrong with them. */
export async function signInWithPassword(
  context: OAuthContext,
  environment: string,
  email: string,
  password: string,
): Promise<Person | undefined> {
  const allowed = await mayAttempt(context, environment, email)
  const person = await findPerson(context.database, environment, email)
  const known = person?.email === email.toLowerCase() ? person : undefined
  const row = await context.database.db
    .selectFrom('passwords')
    .select('hash')
    .where('user_id', '=', known?.id ?? '')
    .executeTakeFirst()
  const right = await passwordMatches(password, row?.hash)
  if (!right || !allowed) return undefined
  await forgetAttempts(context, environment, email)
  return known
}

/** The links by which a password is set, each for one address and one sign-in. */
export function passwordLinks(context: OAuthContext, environment: string) {
  return createTickets(context, environment, 'PasswordLink', PasswordLink)
}

/** Sends a link for setting a password into the outbox: to whoever has the address, known here or not. */
export async function sendPasswordLink(
  context: OAuthContext,
  environment: string,
  { email, uid, token }: { email: string; uid: string; token: string },
): Promise<void> {
  if (!(await mayAttempt(context, environment, `a link for ${email}`))) return
  await passwordLinks(context, environment).put(token, { email: email.toLowerCase(), uid }, LINK_SECONDS)
  const link = `${realmIssuer(context.baseUrl, environment)}/interaction/${uid}/password?token=${token}`
  await context.outbox.put({
    ...{ kind: 'email', environment, to: email, subject: 'Set your password' },
    ...{ text: `Open ${link} in the browser in which you asked for it.`, link },
  })
}
