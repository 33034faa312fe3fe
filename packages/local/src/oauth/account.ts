import type { Account } from 'oidc-provider'
import type { Database } from '../engine/database.js'
import { findPerson } from './people.js'

/** A person as oidc-provider wants an account: the claims of the ID token (OpenID Connect Core, section 5.1). */
export async function findAccount(
  database: Database,
  realm: string,
  sub: string,
): Promise<Account | undefined> {
  const person = await findPerson(database, realm, sub)
  if (person === undefined || person.id !== sub) return undefined
  return { accountId: person.id, claims: () => personClaims(person) }
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
