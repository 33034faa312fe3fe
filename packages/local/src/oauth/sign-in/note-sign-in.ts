import { WORKSPACE } from '../../domain/environments/realm.js'
import { recordAuthRequest } from '../../domain/sessions/auth-requests.js'
import type { Person } from '../../domain/users/people.js'
import type { AuthorizationServer } from '../server/authorization-server.js'
import type { OAuthContext } from '../server/oauth-context.js'

/** Somebody who signed in, or tried to. `connection`: the one whose identity provider they signed in at. */
export interface SignInAttempt {
  readonly email: string
  readonly person: Person | undefined
  readonly connection?: string | undefined
}

/** Notes an attempt in the authentication log of the environment. The workspace has none. */
export async function noteSignIn(
  context: OAuthContext,
  { realm, resource, provider }: AuthorizationServer,
  interaction: { readonly params: Readonly<Record<string, unknown>> },
  { email, person, connection: connectionId }: SignInAttempt,
): Promise<void> {
  if (realm === WORKSPACE) return
  const id = String(interaction.params.client_id)
  const client = await provider.Client.find(id)
  const connection = await findConnection(context, realm, connectionId)
  await recordAuthRequest(context.database, context.clock, {
    environment: realm,
    email: person?.email ?? email,
    status: person ? 'success' : 'failure',
    client: { id, name: client?.clientName ?? '' },
    resource,
    details: {
      organization_id: person?.organization?.id ?? connection?.organization_id ?? undefined,
      connection_id: connection?.id,
      connection_type: connection?.type,
      connection_provider: connection?.provider,
      workflow: resource === undefined ? 'FULL_STACK_AUTH' : 'MCP',
    },
  })
}

async function findConnection({ database }: OAuthContext, environment: string, id: string | undefined) {
  if (id === undefined) return undefined
  return database.db
    .selectFrom('connections')
    .select(['id', 'type', 'provider', 'organization_id'])
    .where('environment_id', '=', environment)
    .where('id', '=', id)
    .executeTakeFirst()
}
