import { z } from 'zod'
import type { NamedAccount } from '../connected-accounts/connected-account-data.js'
import { connectionData } from '../connections/connection-data.js'
import type { AgentTools } from './agent-tools.js'

const Scopes = z.array(z.string()).catch([])

/** What a user is asked to allow: the scopes of the connection, else the usual ones of its connector. */
export async function requestedScopes(
  { catalogue }: AgentTools,
  { environment_id, connection_data }: NamedAccount,
): Promise<readonly string[]> {
  const { settings, provider_key } = connectionData({ data: connection_data })
  const own = Scopes.parse(settings.scopes)
  if (own.length > 0) return own
  return (await catalogue.of(environment_id)).connector(provider_key)?.scopes ?? []
}
