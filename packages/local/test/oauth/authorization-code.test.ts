import { createRemoteJWKSet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLocalScalekit, type LocalScalekit } from '../../src/index.js'
import { emptyStorage } from '../empty-storage.js'
import {
  authorize,
  claimsOf,
  introspect,
  MCP_SERVER,
  MCP_SERVER_URL,
  mcpIssuer,
  pkce,
  postForm,
  REDIRECT_URI,
  redeem,
  register,
  signIn,
  type Tokens,
} from './authorization-code.js'

let local: LocalScalekit
beforeAll(async () => {
  local = await createLocalScalekit({ ...(await emptyStorage()), port: 0 })
})
afterAll(() => local.close())

describe('a token for an MCP server', () => {
  it('is signed by the realm and says whom it is for, in the claims of a live one', async () => {
    const { client_id, tokens } = await signIn(local.url, { scope: 'workspace:read organization:write' })
    const keys = createRemoteJWKSet(new URL(`${local.url}/workspace/keys`))
    const { payload, protectedHeader } = await jwtVerify(tokens.access_token, keys, {
      issuer: `${local.url}/workspace`,
      audience: MCP_SERVER_URL,
      typ: 'at+jwt',
      algorithms: ['RS256'],
    })
    expect(protectedHeader.kid).toMatch(/^snk_\d{18}$/)
    expect(payload).toMatchObject({
      aud: [MCP_SERVER_URL, MCP_SERVER],
      sub: 'usr_100000000000000001',
      client_id,
      scope: 'workspace:read organization:write',
      scopes: ['workspace:read', 'organization:write'],
      jti: expect.stringMatching(/^tkn_\d{18}$/),
      sid: expect.stringMatching(/^ses_\d{18}$/),
    })
    expect(payload.nbf).toBe(payload.iat)
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3600)
    expect(tokens).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: payload.scope })
  })

  it('has every scope of the MCP server when the client asks for none', async () => {
    const { tokens } = await signIn(local.url)
    expect(claimsOf(tokens.access_token).scopes).toHaveLength(6)
  })

  it('leaves out scopes that do not exist', async () => {
    const { tokens } = await signIn(local.url, { scope: 'workspace:read made:up openid' })
    expect(tokens.scope).toBe('workspace:read')
  })

  it('has read scopes only for a member with the role USER', async () => {
    const { tokens } = await signIn(local.url, { person: 'viewer@example.com' })
    expect(tokens.scope).toBe('workspace:read environment:read organization:read')
  })

  it('names the resource as its issuer when the MCP server is set so', async () => {
    const issuer = mcpIssuer(local.url)
    await setServerData(local, { issuer_mode: 'resource' })
    const { tokens } = await signIn(local.url)
    expect(claimsOf(tokens.access_token).iss).toBe(issuer)
    expect(await introspect(local.url, tokens.access_token)).toMatchObject({ active: true, iss: issuer })
    await setServerData(local, {})
  })

  it('lives as long as the MCP server is set to', async () => {
    await setServerData(local, { access_token_expiry: '300' })
    const { tokens } = await signIn(local.url)
    expect(tokens.expires_in).toBe(300)
    await setServerData(local, {})
  })
})

describe('the answer to an authorization request (RFC 9207)', () => {
  it('carries iss and state when it succeeds', async () => {
    const { redirect, issuer } = await signIn(local.url)
    expect(redirect.href.startsWith(`${REDIRECT_URI}?`)).toBe(true)
    expect(Object.fromEntries(redirect.searchParams)).toMatchObject({ iss: issuer, state: 'the state' })
  })

  it('carries iss and state when the person denies', async () => {
    const issuer = mcpIssuer(local.url)
    const { client_id } = await register(local.url)
    const redirect = await authorize({ issuer, client_id, challenge: pkce().challenge, answer: 'deny' })
    expect(Object.fromEntries(redirect.searchParams)).toMatchObject({
      error: 'access_denied',
      iss: issuer,
      state: 'the state',
    })
  })
})

describe('the resource parameter (RFC 8707)', () => {
  it.each([MCP_SERVER_URL, `${MCP_SERVER_URL}/`, 'HTTP://LOCALHOST:3002/mcp'])(
    'takes %s for the MCP server',
    async (resource) => {
      const issuer = mcpIssuer(local.url)
      const { client_id } = await register(local.url)
      const { verifier, challenge } = pkce()
      const redirect = await authorize({ issuer, client_id, challenge, params: { resource } })
      const response = await redeem(issuer, client_id, redirect, verifier, { resource: MCP_SERVER_URL })
      const tokens = (await response.json()) as Tokens
      expect(claimsOf(tokens.access_token).aud).toEqual([MCP_SERVER_URL, MCP_SERVER])
    },
  )

  it.each(['http://localhost:3003/mcp', `${MCP_SERVER_URL}/x`, `${MCP_SERVER_URL}#x`, 'mcp'])(
    'refuses %s at the authorization endpoint',
    async (resource) => {
      const issuer = mcpIssuer(local.url)
      const { client_id } = await register(local.url)
      const redirect = await authorize({
        issuer,
        client_id,
        challenge: pkce().challenge,
        params: { resource },
      })
      expect(redirect.searchParams.get('error')).toBe('invalid_target')
      expect(redirect.searchParams.get('iss')).toBe(issuer)
    },
  )

  it('refuses another resource at the token endpoint', async () => {
    const issuer = mcpIssuer(local.url)
    const { client_id } = await register(local.url)
    const { verifier, challenge } = pkce()
    const redirect = await authorize({ issuer, client_id, challenge })
    const response = await redeem(issuer, client_id, redirect, verifier, {
      resource: 'http://localhost:3003/mcp',
    })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: 'invalid_target' })
  })
})

describe('PKCE (RFC 7636)', () => {
  it.each([
    ['no challenge', { code_challenge: '', code_challenge_method: '' }],
    ['the method plain', { code_challenge_method: 'plain' }],
    ['no method', { code_challenge_method: '' }],
    ['a challenge of 42 characters', { code_challenge: 'x'.repeat(42) }],
  ])('refuses a request with %s', async (_name, params) => {
    const issuer = mcpIssuer(local.url)
    const { client_id } = await register(local.url)
    const redirect = await authorize({ issuer, client_id, challenge: pkce().challenge, params })
    expect(redirect.searchParams.get('error')).toBe('invalid_request')
    expect(redirect.searchParams.get('code')).toBeNull()
  })

  it.each([
    ['of 42 characters', 'x'.repeat(42)],
    ['that does not match', pkce().verifier],
    ['that is empty', ''],
  ])('refuses a verifier %s', async (_name, verifier) => {
    const issuer = mcpIssuer(local.url)
    const { client_id } = await register(local.url)
    const redirect = await authorize({ issuer, client_id, challenge: pkce().challenge })
    const response = await redeem(issuer, client_id, redirect, verifier)
    expect(response.status).toBe(400)
    expect(await response.json()).not.toHaveProperty('access_token')
  })
})

describe('a code', () => {
  it('is redeemed once; a second time revokes what the first gave', async () => {
    const { issuer, client_id, redirect, verifier, tokens } = await signIn(local.url)
    const second = await redeem(issuer, client_id, redirect, verifier)
    expect(second.status).toBe(400)
    expect(await second.json()).toMatchObject({ error: 'invalid_grant' })
    expect(await introspect(local.url, tokens.access_token)).toEqual({ active: false })
    expect((await refresh(issuer, client_id, tokens.refresh_token)).status).toBe(400)
  })

  it('belongs to the client that asked', async () => {
    const { issuer, redirect, verifier } = await signIn(local.url)
    const other = await register(local.url)
    const response = await redeem(issuer, other.client_id, redirect, verifier)
    expect(await response.json()).toMatchObject({ error: 'invalid_grant' })
  })

  it('needs the redirect URI that it was sent to', async () => {
    const issuer = mcpIssuer(local.url)
    const { client_id } = await register(local.url)
    const { verifier, challenge } = pkce()
    const redirect = await authorize({ issuer, client_id, challenge })
    const response = await redeem(issuer, client_id, redirect, verifier, {
      redirect_uri: 'http://localhost:5555/callback',
    })
    expect(await response.json()).toMatchObject({ error: 'invalid_grant' })
  })
})

describe('a refresh token', () => {
  it('is replaced with every use', async () => {
    const { issuer, client_id, tokens } = await signIn(local.url)
    const next = (await (await refresh(issuer, client_id, tokens.refresh_token)).json()) as Tokens
    expect(next.refresh_token).not.toBe(tokens.refresh_token)
    expect(next.scope).toBe(tokens.scope)
    expect(claimsOf(next.access_token)).toMatchObject({
      aud: [MCP_SERVER_URL, MCP_SERVER],
      sub: 'usr_100000000000000001',
    })
  })

  it('revokes its whole family when it is used again after its successor', async () => {
    const { issuer, client_id, tokens } = await signIn(local.url)
    const second = (await (await refresh(issuer, client_id, tokens.refresh_token)).json()) as Tokens
    const next = (await (await refresh(issuer, client_id, second.refresh_token)).json()) as Tokens
    expect(await (await refresh(issuer, client_id, tokens.refresh_token)).json()).toMatchObject({
      error: 'invalid_grant',
    })
    expect(await (await refresh(issuer, client_id, next.refresh_token)).json()).toMatchObject({
      error: 'invalid_grant',
    })
    for (const { access_token } of [tokens, second, next]) {
      expect(await introspect(local.url, access_token)).toEqual({ active: false })
    }
  })

  it('may ask for fewer scopes and for no more', async () => {
    const { issuer, client_id, tokens } = await signIn(local.url, {
      scope: 'workspace:read environment:read',
    })
    const more = await refresh(issuer, client_id, tokens.refresh_token, { scope: 'workspace:write' })
    expect(await more.json()).toMatchObject({ error: 'invalid_scope' })
    const fewer = await refresh(issuer, client_id, tokens.refresh_token, { scope: 'workspace:read' })
    expect(await fewer.json()).toMatchObject({ scope: 'workspace:read' })
  })

  it('gives no more than the person may grant by now', async () => {
    const { issuer, client_id, tokens } = await signIn(local.url, { scope: 'workspace:read workspace:write' })
    const demote = (role: 'ADMIN' | 'USER') =>
      local.database.db
        .updateTable('members')
        .set({ role })
        .where('email', '=', 'admin@example.com')
        .execute()
    await demote('USER')
    const next = (await (await refresh(issuer, client_id, tokens.refresh_token)).json()) as Tokens
    await demote('ADMIN')
    expect(next.scope).toBe('workspace:read')
    expect(claimsOf(next.access_token).scopes).toEqual(['workspace:read'])
  })

  it('is not given to a client that did not register for it', async () => {
    const issuer = mcpIssuer(local.url)
    const { client_id } = await register(local.url, { grant_types: ['authorization_code'] })
    const { verifier, challenge } = pkce()
    const response = await redeem(
      issuer,
      client_id,
      await authorize({ issuer, client_id, challenge }),
      verifier,
    )
    expect(await response.json()).not.toHaveProperty('refresh_token')
  })
})

function refresh(
  issuer: string,
  client_id: string,
  refresh_token: string,
  more: Record<string, string> = {},
) {
  return postForm(`${issuer}/oauth/token`, { grant_type: 'refresh_token', refresh_token, client_id, ...more })
}

async function setServerData({ database }: LocalScalekit, data: Record<string, unknown>): Promise<void> {
  await database.db
    .updateTable('resources')
    .set({ data: JSON.stringify(data) })
    .where('id', '=', MCP_SERVER)
    .execute()
}
