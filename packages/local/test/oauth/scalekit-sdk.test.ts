import { Scalekit } from '@scalekit-sdk/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLocalScalekit, type LocalScalekit } from '../../src/index.js'
import { emptyStorage } from '../empty-storage.js'
import { authorize, claimsOf, pkce } from './authorization-code.js'
import { Browser } from './browser.js'

const DEV = 'env_100000000000000001'
const CLIENT = 'skc_100000000000000001'
const REDIRECT_URI = 'http://localhost:3000/auth/callback'

let local: LocalScalekit
let scalekit: Scalekit
beforeAll(async () => {
  local = await createLocalScalekit({ ...(await emptyStorage()), port: 0 })
  scalekit = new Scalekit(`${local.url}/${DEV}`, CLIENT, 'test_local_secret')
})
afterAll(() => local.close())

describe("Scalekit's own SDK", () => {
  it('gets a token and validates it, with issuer, audience and scopes', async () => {
    const access_token = await scalekit.generateClientToken(CLIENT, 'test_local_secret')
    const claims = await scalekit.validateToken<Record<string, unknown>>(access_token, {
      issuer: `${local.url}/${DEV}`,
      audience: [`${local.url}/${DEV}`],
      requiredScopes: ['openid'],
    })
    expect(claims.sub).toBe(CLIENT)
    expect(
      await scalekit.validateAccessToken(access_token, { issuer: `${local.url}/env_100000000000000002` }),
    ).toBe(false)
    expect(
      await scalekit.validateAccessToken(access_token, { audience: ['http://localhost:3003/mcp'] }),
    ).toBe(false)
    expect(await scalekit.validateAccessToken(access_token, { requiredScopes: ['user:read'] })).toBe(false)
  })

  it('refuses a token of another environment', async () => {
    const other = new Scalekit(
      `${local.url}/env_100000000000000002`,
      'skc_100000000000000002',
      'test_local_secret',
    )
    const access_token = await other.generateClientToken('skc_100000000000000002', 'test_local_secret')
    expect(await scalekit.validateAccessToken(access_token)).toBe(false)
  })

  it('makes a client for an organization, which gets tokens of its own', async () => {
    const { client, plainSecret } = await scalekit.m2m.createOrganizationClient('org_100000000000000001', {
      name: 'Nightly sync',
      scopes: ['projects:read', 'projects:write'],
      audience: ['https://api.example'],
      customClaims: { tier: 'gold' },
    })
    const id = client?.clientId ?? ''
    const token = await scalekit.generateClientToken(id, plainSecret)
    const claims = claimsOf(token)
    expect(claims).toMatchObject({
      iss: `${local.url}/${DEV}`,
      aud: ['https://api.example'],
      sub: id,
      oid: 'org_100000000000000001',
      scopes: ['projects:read', 'projects:write'],
      tier: 'gold',
    })
    expect(Number(claims.exp) - Number(claims.iat)).toBe(3600)
    await expect(scalekit.generateClientToken(id, 'another secret')).rejects.toThrow()
  })

  it('calls the management API over gRPC on the same port', async () => {
    const { organizations } = await scalekit.organization.listOrganization({ pageSize: 10 })
    expect(organizations.map(({ displayName }) => displayName)).toContain('Acme Robotics')
  })

  it('signs somebody in to an application, without asking for consent', async () => {
    const { verifier, challenge } = pkce()
    const url = new URL(
      scalekit.getAuthorizationUrl(REDIRECT_URI, {
        state: 'a state',
        codeChallenge: challenge,
        codeChallengeMethod: 'S256',
      }),
    )
    const browser = new Browser()
    const page = await browser.follow(url.href)
    const { url: back } = await browser.submit(page.url, page.page ?? '', { email: 'ana@acme.example' })
    expect(back).toContain(`${REDIRECT_URI}?`)
    const code = new URL(back).searchParams.get('code') ?? ''
    const result = await scalekit.authenticateWithCode(code, REDIRECT_URI, { codeVerifier: verifier })
    expect(result.user).toMatchObject({
      id: 'usr_100000000000000101',
      email: 'ana@acme.example',
      name: 'Ana Almeida',
    })
    expect(claimsOf(result.accessToken)).toMatchObject({
      iss: `${local.url}/${DEV}`,
      aud: [CLIENT],
      sub: 'usr_100000000000000101',
      oid: 'org_100000000000000001',
      roles: ['admin'],
      permissions: ['billing:manage', 'projects:read', 'projects:write'],
    })
    expect(claimsOf(result.idToken)).toMatchObject({
      aud: CLIENT,
      email: 'ana@acme.example',
      oid: 'org_100000000000000001',
    })
    expect(result.expiresIn).toBe(300)
    expect(await scalekit.validateAccessToken(result.accessToken, { audience: [CLIENT] })).toBe(true)

    const refreshed = await scalekit.refreshAccessToken(result.refreshToken ?? '')
    expect(claimsOf(refreshed.accessToken)).toMatchObject({ sub: 'usr_100000000000000101', aud: [CLIENT] })

    const userinfo = await fetch(`${local.url}/${DEV}/userinfo`, {
      headers: { authorization: `Bearer ${result.accessToken}` },
    })
    expect(await userinfo.json()).toMatchObject({ sub: 'usr_100000000000000101', email: 'ana@acme.example' })

    const signOut = await browser.follow(
      scalekit.getLogoutUrl({ idTokenHint: result.idToken, postLogoutRedirectUri: 'http://localhost:3000/' }),
    )
    expect(signOut.url).toBe('http://localhost:3000/')
  })

  it('does not let a token of an application call the management API as its environment', async () => {
    const { verifier, challenge } = pkce()
    const issuer = `${local.url}/${DEV}`
    const redirect = await authorize({
      issuer,
      client_id: CLIENT,
      challenge,
      person: 'ana@acme.example',
      params: { redirect_uri: REDIRECT_URI, scope: 'openid' },
    })
    const result = await scalekit.authenticateWithCode(
      redirect.searchParams.get('code') ?? '',
      REDIRECT_URI,
      { codeVerifier: verifier },
    )
    const response = await fetch(`${issuer}/api/v1/organizations`, {
      headers: { authorization: `Bearer ${result.accessToken}` },
    })
    expect(response.status).toBe(401)
  })
})

describe('userinfo', () => {
  it.each([undefined, 'Bearer nonsense'])('refuses %s', async (authorization) => {
    const response = await fetch(`${local.url}/${DEV}/userinfo`, {
      headers: authorization ? { authorization } : {},
    })
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/)
  })
})
