import { WORKSPACE } from '../../domain/environments/realm.js'
import { recordAuthRequest } from '../../domain/sessions/auth-requests.js'
import type { Person } from '../../domain/users/people.js'
import type { AuthorizationServer } from '../server/authorization-server.js'
import type { OAuthContext } from '../server/oauth-context.js'

/** Notes who signed in, or tried to, in the authentication log of the environment. The workspace has none. */
export async function noteSignIn(
  context: OAuthContext,
  { realm, resource, provider }: AuthorizationServer,
  interaction: { readonly params: Readonly<Record<string, unknown>> },
  { email, person }: { readonly email: string; readonly person: Person | undefined },
): Promise<void> {
  if (realm === WORKSPACE) return
  const id = String(interaction.params.client_id)
  const client = await provider.Client.find(id)
  await recordAuthRequest(context.database, context.clock, {
    environment: realm,
    email: person?.email ?? email,
    status: person ? 'success' : 'failure',
    client: { id, name: client?.clientName ?? '' },
    resource,
    details: {
      organization_id: person?.organization?.id,
      workflow: resource === undefined ? 'FULL_STACK_AUTH' : 'MCP',
    },
  })
}
