import type { Caller } from '@scalekit-mcp/auth'

/** Clients that show the answer to a model instead of asking for more, and that have a command to sign in with scopes. */
const commands: Readonly<Record<string, (scopes: string) => string>> = {
  'https://chatgpt.com/oauth/codex/client.json': (scopes) => `codex mcp login scalekit --scopes ${scopes}`,
}

/** What a model can tell its user about a call that needs more scopes, in ASCII (RFC 6749 section 5.2). */
export function howToAllow(
  { clientId, scopes, writtenScopes = [...scopes] }: Caller,
  needed: readonly string[],
): string {
  const command = Object.hasOwn(commands, clientId) ? commands[clientId] : undefined
  const all = [...new Set([...writtenScopes, ...needed])].join(',')
  const way = command ? `, with the command: ${command(all)}` : ''
  return `Ask the user to sign in to this server again and to allow them${way}. If the client does not ask for them, the user can end the URL of this server in access=write.`
}
