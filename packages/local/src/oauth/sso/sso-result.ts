import type { InteractionResults } from 'oidc-provider'
import { SignInRefusal } from '../../domain/connections/sign-in-refusal.js'
import { type SsoOutcome, ssoOutcomes } from '../../domain/connections/sso-outcome.js'
import { provisionUser } from '../../domain/users/provision-user.js'
import type { OAuthContext } from '../server/oauth-context.js'

export interface SsoAnswer {
  uid: string
  ticket: string
  /** In which circumstances it comes, for applications that are asked. */
  about: Readonly<Record<string, unknown>>
}

/** How a sign-in ends that an identity provider has answered: with a user in an organization, or with a refusal. */
export async function ssoResult(
  context: OAuthContext,
  environment: string,
  { uid, ticket, about }: SsoAnswer,
): Promise<InteractionResults> {
  const outcome = await ssoOutcomes(context, environment).take(ticket)
  try {
    return await succeed(context, environment, { uid, about }, outcome)
  } catch (refusal) {
    if (!(refusal instanceof SignInRefusal)) throw refusal
    return { error: refusal.code, error_description: refusal.message }
  }
}

async function succeed(
  context: OAuthContext,
  environment: string,
  { uid, about }: Omit<SsoAnswer, 'ticket'>,
  outcome: SsoOutcome | undefined,
): Promise<InteractionResults> {
  if (outcome?.purpose.kind !== 'sign-in' || outcome.purpose.uid !== uid) {
    throw new SignInRefusal(
      'access_denied',
      'The answer of the identity provider belongs to another sign-in.',
    )
  }
  const { identity, refusal } = outcome
  if (identity === undefined) {
    throw new SignInRefusal(
      refusal?.code ?? 'access_denied',
      refusal?.message ?? 'The identity provider refused.',
    )
  }
  const connection = await context.database.db
    .selectFrom('connections')
    .selectAll()
    .where('environment_id', '=', environment)
    .where('id', '=', outcome.connection)
    .executeTakeFirst()
  if (!connection?.enabled) {
    throw new SignInRefusal('connection_not_active', 'The connection is not enabled any more.')
  }
  const { userId, organization } = await provisionUser(context, connection, identity, about)
  return {
    login: { accountId: userId, amr: [connection.id] },
    ...(organization === undefined ? {} : { organization }),
  }
}
