import {
  authorize,
  mcpIssuer,
  pkce,
  postForm,
  redeem,
  register,
  type Tokens,
} from '../oauth/authorization-code.js'

/** What a client asks for, complete and right; an attack changes one thing of it. */
export async function rightRequest(url: string, metadata: Record<string, unknown> = {}) {
  const issuer = mcpIssuer(url)
  const { client_id } = await register(url, metadata)
  return { issuer, client_id, ...pkce() }
}

/** A code for the seeded MCP server, not redeemed yet. */
export async function codeFor(url: string) {
  const request = await rightRequest(url)
  const redirect = await authorize(request)
  const redeemWith = (verifier: string, more = {}) =>
    redeem(request.issuer, request.client_id, redirect, verifier, more)
  return { ...request, redirect, redeemWith }
}

export function refresh(issuer: string, client_id: string, refresh_token: string, more = {}) {
  return postForm(`${issuer}/oauth/token`, { grant_type: 'refresh_token', refresh_token, client_id, ...more })
}

export async function tokensOf(response: Response): Promise<Tokens> {
  return (await response.json()) as Tokens
}

/** Opens an authorization URL, without following where it leads. */
export function ask(issuer: string, params: Record<string, string>): Promise<Response> {
  return fetch(`${issuer}/oauth/authorize?${new URLSearchParams(params)}`, { redirect: 'manual' })
}

/** Uses the control API of a local environment. */
export function control(url: string, path: string, method = 'GET', body?: unknown): Promise<Response> {
  return fetch(`${url}/__local/${path}`, {
    method,
    headers: { 'x-scalekit-local': '1', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}
