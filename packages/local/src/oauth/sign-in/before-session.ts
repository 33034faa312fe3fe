import type { InteractionResults } from 'oidc-provider'
import { WORKSPACE } from '../../domain/environments/realm.js'
import type { Verdict } from '../../domain/events/flow-interceptor.js'
import { connectionDetails, describeUser } from '../../domain/events/flow-questions.js'
import type { OAuthContext } from '../server/oauth-context.js'

const ALLOWED: Verdict = { allowed: true, claims: {} }

/** Asks the applications that decide on sessions, and add claims to their tokens. */
export async function askBeforeSession(
  { database: { db }, interceptors }: OAuthContext,
  realm: string,
  { login, organization }: InteractionResults,
  about: Readonly<Record<string, unknown>>,
): Promise<Verdict> {
  if (login === undefined || realm === WORKSPACE) return ALLOWED
  const user = await db.selectFrom('users').selectAll().where('id', '=', login.accountId).executeTakeFirst()
  if (user === undefined) return ALLOWED
  const [way = ''] = login.amr ?? []
  const connection = await db
    .selectFrom('connections')
    .selectAll()
    .where('environment_id', '=', realm)
    .where('id', '=', way)
    .executeTakeFirst()
  const inside = typeof organization === 'string' ? { organization_id: organization } : {}
  return interceptors.ask({
    environment: realm,
    trigger: 'PRE_SESSION_CREATION',
    about: {
      ...{ user_id: user.id, user_email: user.email, ...inside },
      connection_details: connection === undefined ? [] : connectionDetails(connection),
      ...about,
    },
    data: { user: await describeUser(db, user) },
  })
}
