import type { Account, FindAccount } from 'oidc-provider'
import { sessionId } from '../../domain/sessions/session-id.js'
import { touchSession } from '../../domain/sessions/session-uses.js'
import { findPerson, type Person } from '../../domain/users/people.js'
import type { ServerIdentity } from '../server/oauth-context.js'
import { actingOrganizations } from '../sign-in/acting-organization.js'
import { addedClaims, asCustomClaims } from '../sign-in/added-claims.js'

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
  const { openid, profile, email } = personClaims(person)
  const added = asCustomClaims(await addedClaims(context, realm).of(grantId))
  return { accountId: person.id, claims: () => ({ ...openid, ...profile, ...email, ...session, ...added }) }
}

/** The claims that each scope opens (OpenID Connect Core, section 5.4), as the provider is configured with them. */
export const CLAIMS_OF_SCOPES = {
  openid: ['sub', 'sid', 'amr', 'oid', 'xoid', 'roles', 'permissions', 'custom_claims'],
  profile: [
    ...['name', 'given_name', 'family_name', 'preferred_username', 'picture', 'gender', 'locale'],
    ...['phone_number', 'updated_at'],
  ],
  email: ['email', 'email_verified'],
}

/** All that we may say about a person, by scope; the scopes that were granted decide what of it leaves. */
export function personClaims({ id, name, email, organization, profile, updatedAt }: Person) {
  const known = {
    ...{ given_name: profile?.first_name, family_name: profile?.last_name, gender: profile?.gender },
    ...{ preferred_username: profile?.preferred_username, picture: profile?.picture },
    ...{ locale: profile?.locale, phone_number: profile?.phone_number },
    ...{ updated_at: updatedAt && Math.floor(updatedAt / 1000) },
  }
  return {
    openid: {
      sub: id,
      ...(organization && {
        oid: organization.id,
        roles: organization.roles,
        permissions: organization.permissions,
        ...(organization.externalId === null ? {} : { xoid: organization.externalId }),
      }),
    },
    profile: {
      name,
      ...Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined && value !== '')),
    },
    email: { email, email_verified: true },
  }
}
