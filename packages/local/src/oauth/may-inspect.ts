import type { Client } from 'oidc-provider'

/** RFC 7662, section 2.1: a client with credentials may ask about any token of the realm; a public one about its own. */
export function mayInspect(client: Client, token: { clientId?: string }): boolean {
  return client.clientAuthMethod !== 'none' || token.clientId === client.clientId
}
