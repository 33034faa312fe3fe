import type { Account, FindAccount } from 'oidc-provider'
import { sessionId } from '../../domain/sessions/session-id.js'
import { touchSession } from '../../domain/sessions/session-uses.js'
import { findPerson } from '../../domain/users/people.js'
import type { ServerIdentity } from '../server/oauth-context.js'
import { actingOrganizations } from '../sign-in/acting-organization.js'

/** A person as oidc-provider wants an account: the claims of the ID token (OpenID Connect Core, section 5.1). */
export async function findAccount(
  { context, realm }: ServerIdentity,
  sub: string,
  token: Parameters<FindAccount>[2],
): Promise<Account | undefined> {
  const grantId = token !== undefined && 'grantId' in token ? token.grantId : undefined
  const organization = await actingOrganizations(context, realm).get(grantId)
  const person = await findPerson(context.database, realm, sub, organization)
  if (person === undefined || person.id !== sub) return undefined
  const uid = token !== undefined && 'sessionUid' in token ? token.sessionUid : undefined
  // A code or a refresh token ends with the session, and using it is activity in the session.
  if (uid !== undefined && !(await touchSession(context.database.db, context.clock, uid))) return undefined
  const session = uid === undefined ? {} : { sid: sessionId(uid) }
  return { accountId: person.id, claims: () => ({ ...personClaims(person), ...session }) }
}

/** All that we may say about a person; the scopes that were granted decide what of it leaves. */
export function personClaims(person: NonNullable<Awaited<ReturnType<typeof findPerson>>>) {
  const { organization } = person
  return {
    sub: person.id,
    name: person.name,
    email: person.email,
    email_verified: true,
    ...(organization && {
      oid: organization.id,
      roles: organization.roles,
      permissions: organization.permissions,
      ...(organization.externalId === null ? {} : { xoid: organization.externalId }),
    }),
  }
}
