import { OWN_LOGIN } from '../../domain/connections/connection-data.js'
import { connectionOfDomain } from '../../domain/connections/domain-connections.js'
import { SignInRefusal } from '../../domain/connections/sign-in-refusal.js'
import { type SsoOutcome, ssoOutcomes } from '../../domain/connections/sso-outcome.js'
import { domainOf } from '../../domain/domains/domain-data.js'
import type { AssertedIdentity } from '../../domain/users/asserted-identity.js'
import type { Circumstances } from '../../domain/users/circumstances.js'
import { needsMailCheck, provisionUser } from '../../domain/users/provision-user.js'
import type { ConnectionRow } from '../../storage/registry-schema.js'
import type { OAuthContext } from '../server/oauth-context.js'

/** How a sign-in goes on that an identity provider has answered. */
export type SsoResult =
  | {
      kind: 'person'
      userId: string
      organization: string | undefined
      connection: string
      /** Claims that the application adds, whose login page it was. */
      claims?: AssertedIdentity['claims']
    }
  /** The address is of a domain whose people sign in through a connection of their organization. */
  | { kind: 'elsewhere'; connection: ConnectionRow; email: string }
  /** The address has to be proven by e-mail. */
  | { kind: 'check'; connection: string; identity: AssertedIdentity }

/** The answer of an identity provider for a sign-in, which is taken once. Throws a `SignInRefusal`. */
export async function takeOutcome(
  context: OAuthContext,
  environment: string,
  { uid, ticket }: { uid: string; ticket: string },
): Promise<SsoOutcome & { readonly email: string }> {
  const outcome = await ssoOutcomes(context, environment).take(ticket)
  if (outcome?.purpose.kind !== 'sign-in' || outcome.purpose.uid !== uid) {
    throw new SignInRefusal(
      'access_denied',
      'The answer of the identity provider belongs to another sign-in.',
    )
  }
  return { ...outcome, email: outcome.identity?.email ?? outcome.purpose.email ?? '' }
}

/** What follows from the answer. Throws a `SignInRefusal`. */
export async function ssoResult(
  context: OAuthContext,
  environment: string,
  outcome: SsoOutcome,
  about: Circumstances,
): Promise<SsoResult> {
  const { identity, refusal } = outcome
  if (identity === undefined) {
    throw new SignInRefusal(
      refusal?.code ?? 'access_denied',
      refusal?.message ?? 'The identity provider refused.',
    )
  }
  const connection = await enabledConnection(context, environment, outcome.connection)
  // Home realm discovery comes after a social sign-in, which says the address.
  const isSocial = connection.organization_id === null && connection.type !== OWN_LOGIN
  if (isSocial && identity.email_verified === true) {
    const home = await connectionOfDomain(context.database.db, environment, domainOf(identity.email))
    if (home !== undefined) return { kind: 'elsewhere', connection: home, email: identity.email }
  }
  if (await needsMailCheck(context, connection, identity))
    return { kind: 'check', connection: connection.id, identity }
  return checkedResult(context, environment, { connection: connection.id, identity }, about)
}

/** The same for an address that is proven. Throws a `SignInRefusal`. */
export async function checkedResult(
  context: OAuthContext,
  environment: string,
  assertion: { connection: string; identity: AssertedIdentity },
  about: Circumstances,
): Promise<SsoResult & { kind: 'person' }> {
  const connection = await enabledConnection(context, environment, assertion.connection)
  const provisioned = await provisionUser(context, connection, assertion.identity, about)
  const { claims } = assertion.identity
  return { kind: 'person', ...provisioned, connection: connection.id, ...(claims && { claims }) }
}

async function enabledConnection({ database }: OAuthContext, environment: string, id: string) {
  const connection = await database.db
    .selectFrom('connections')
    .selectAll()
    .where('environment_id', '=', environment)
    .where('id', '=', id)
    .executeTakeFirst()
  if (connection?.enabled) return connection
  throw new SignInRefusal('connection_not_active', 'The connection is not enabled any more.')
}
