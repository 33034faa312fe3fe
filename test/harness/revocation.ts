import type { ClientApp } from './client-app.js'
import type { Program } from './program.js'

/**
 * Revokes a client's access token at the authorization server (RFC 7009) and asks the MCP server with it until
 * it is refused.
 *
 * @returns the seconds that it was still served; 10 when it was never refused
 */
export async function secondsUntilRefused(program: Program, app: ClientApp): Promise<number> {
  const token = String(app.saved?.access_token)
  if ((await listTools(program, token)) !== 200)
    throw new Error('the token was refused before it was revoked')
  const issuer = `${program.localUrl}/workspace/resources/res_100000000000000001`
  const found = await fetch(`${issuer}/.well-known/oauth-authorization-server`)
  const { revocation_endpoint } = (await found.json()) as { revocation_endpoint: string }
  const revoked = await fetch(revocation_endpoint, {
    method: 'POST',
    body: new URLSearchParams({ token, client_id: String(app.client?.client_id) }),
  })
  if (revoked.status !== 200) throw new Error(`not revoked: ${revoked.status}`)
  const since = Date.now()
  while (Date.now() - since < 10_000) {
    if ((await listTools(program, token)) === 401) return (Date.now() - since) / 1000
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  return 10
}

async function listTools(program: Program, token: string): Promise<number> {
  const response = await fetch(program.url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
  })
  await response.text()
  return response.status
}
