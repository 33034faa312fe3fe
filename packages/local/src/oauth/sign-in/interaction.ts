import type { AuthorizationServer } from '../server/authorization-server.js'

/** A question to a person in the middle of an authorization request, as oidc-provider keeps it. */
export type Interaction = Awaited<ReturnType<AuthorizationServer['provider']['interactionDetails']>>

export function clientId(interaction: Interaction): string {
  return String(interaction.params.client_id)
}

export function redirectUri(interaction: Interaction): string {
  return String(interaction.params.redirect_uri)
}

/** What the client calls itself, or its id. */
export async function clientName(
  { provider }: AuthorizationServer,
  interaction: Interaction,
): Promise<string> {
  const client = await provider.Client.find(clientId(interaction))
  return client?.clientName ?? clientId(interaction)
}

/** Every step posts to the page of the interaction, wherever it was shown. */
export function formAction({ issuer }: AuthorizationServer, { uid }: Interaction): string {
  return `${new URL(issuer).pathname}/interaction/${uid}`
}
