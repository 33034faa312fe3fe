import { createHash, randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import { Browser } from './browser.js'

export const REDIRECT_URI = 'http://localhost:4444/callback'
export const MCP_SERVER = 'res_100000000000000001'
export const MCP_SERVER_URL = 'http://localhost:3002/mcp'
export const WORKSPACE_CLIENT = { client_id: 'skc_100000000000000000', client_secret: 'test_local_secret' }

export interface Tokens {
  access_token: string
  refresh_token: string
  id_token?: string
  expires_in: number
  scope: string
  token_type: string
}

export function pkce(): { verifier: string; challenge: string } {
  const verifier = randomBytes(32).toString('base64url')
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') }
}

/** The issuer of the seeded MCP server's authorization server. */
export function mcpIssuer(url: string): string {
  return `${url}/workspace/resources/${MCP_SERVER}`
}

export async function register(url: string, metadata: Record<string, unknown> = {}) {
  const response = await fetch(`${url}/workspace/api/v1/resources/${MCP_SERVER}/clients:register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_name: 'Test client',
      redirect_uris: [REDIRECT_URI],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'none',
      ...metadata,
    }),
  })
  expect(response.status).toBe(201)
  return (await response.json()) as { client_id: string }
}

export interface CodeRequest {
  issuer: string
  client_id: string
  challenge: string
  person?: string
  answer?: 'allow' | 'deny'
  params?: Record<string, string>
  browser?: Browser
}

/** Signs in, answers the consent, and gives where the browser was sent back to. */
export async function authorize(request: CodeRequest): Promise<URL> {
  const { issuer, client_id, challenge, person = 'admin@example.com', answer = 'allow', params } = request
  const browser = request.browser ?? new Browser()
  const query = new URLSearchParams({
    response_type: 'code',
    client_id,
    redirect_uri: REDIRECT_URI,
    code_challenge: challenge,
    code_challenge_method: 'S256',
    state: 'the state',
    ...params,
  })
  let at = await browser.follow(`${issuer}/oauth/authorize?${query}`)
  if (at.page?.includes('name="email"')) at = await browser.submit(at.url, at.page, { email: person })
  if (at.page?.includes('name="answer"')) at = await browser.submit(at.url, at.page, { answer })
  return new URL(at.url)
}

export function postForm(url: string, fields: Record<string, string>): Promise<Response> {
  return fetch(url, { method: 'POST', body: new URLSearchParams(fields) })
}

/** Redeems the code in a redirect. */
export function redeem(issuer: string, client_id: string, redirect: URL, verifier: string, more = {}) {
  return postForm(`${issuer}/oauth/token`, {
    grant_type: 'authorization_code',
    code: redirect.searchParams.get('code') ?? '',
    redirect_uri: REDIRECT_URI,
    client_id,
    code_verifier: verifier,
    ...more,
  })
}

/** The whole flow for the seeded MCP server, with a client that registers itself. */
export async function signIn(url: string, options: { person?: string; scope?: string } = {}) {
  const issuer = mcpIssuer(url)
  const { client_id } = await register(url)
  const { verifier, challenge } = pkce()
  const params: Record<string, string> = options.scope === undefined ? {} : { scope: options.scope }
  const redirect = await authorize({ issuer, client_id, challenge, params, ...options })
  const response = await redeem(issuer, client_id, redirect, verifier)
  expect(response.status).toBe(200)
  return { issuer, client_id, redirect, verifier, tokens: (await response.json()) as Tokens }
}

/** The claims of a JWT, unverified. */
export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}

/** What the realm says about a token (RFC 7662). */
export async function introspect(
  url: string,
  token: string,
): Promise<{ active: boolean; [claim: string]: unknown }> {
  const response = await postForm(`${url}/workspace/oauth/introspect`, { ...WORKSPACE_CLIENT, token })
  expect(response.status).toBe(200)
  return (await response.json()) as { active: boolean }
}
