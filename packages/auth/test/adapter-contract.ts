import type { ProtectOptions } from '@scalekit-mcp/auth'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Authority, mint, rsaKey, startAuthority } from './authority.js'
import { post, toolCall } from './protected-app.js'

/** An app on a free port. */
export interface ContractApp {
  readonly origin: string
  /** The errors that reached the app's log. */
  readonly faults: readonly unknown[]
  close(): Promise<unknown>
}

/**
 * Starts an app as the README builds it with an adapter, with `options(origin)`:
 *
 * | path | what it answers, in JSON |
 * |---|---|
 * | the MCP path | `{ jsonrpc, id, result: { subject } }` of the message and the caller, `null` for a call without a token |
 * | `/report` | the subject, behind `guard('report:read')` |
 * | `/export` | the subject, behind `guard()` and with `requireScopes(…, 'report:read')` in the handler |
 * | `/unguarded` | the subject, without a guard |
 * | others | 404 that says where MCP is |
 */
export type StartAdapter = (options: (origin: string) => ProtectOptions) => Promise<ContractApp>

/** What every adapter of the kit does, over HTTP. */
export function adapterContract(name: string, start: StartAdapter): void {
  describe(`the kit on ${name}`, () => {
    let authority: Authority
    let app: ContractApp
    const resource = () => `${app.origin}/mcp`
    const metadataUrl = () => `${app.origin}/.well-known/oauth-protected-resource/mcp`
    const tokenWith = (scope: string, claims: object = {}) =>
      mint(rsaKey, { iss: authority.issuer, aud: resource(), scope, ...claims })
    const get = (path: string, token?: string) =>
      fetch(`${app.origin}${path}`, {
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      })
    const edit = (token: string, revision: string) =>
      post(resource(), token, {
        body: JSON.stringify(toolCall('edit')),
        headers: { 'mcp-protocol-version': revision },
      })
    const challengeOf = ({ headers }: Response) => headers.get('www-authenticate') ?? ''
    const scopeOf = (response: Response) => / ?scope="([^"]*)"/.exec(challengeOf(response))?.[1]

    beforeAll(async () => {
      authority = await startAuthority()
      app = await start((origin) => ({
        resource: `${origin}/mcp`,
        issuers: [authority.issuer],
        scopes: ['user:read'],
        scopeAliases: { 'report:read': 'reports:read' },
        tools: { list_environments: ['user:read'], edit: ['user:read', 'user:write'], search: [] },
        publicTools: ['search'],
      }))
    })
    afterAll(async () => {
      await app?.close()
      await authority.close()
    })

    test('serves the metadata at both well-known paths, to every origin', async () => {
      for (const url of [metadataUrl(), `${app.origin}/.well-known/oauth-protected-resource`]) {
        const response = await fetch(url, { headers: { origin: 'https://any.example' } })
        expect(response.headers.get('access-control-allow-origin')).toBe('*')
        expect(response.headers.get('content-type')).toBe('application/json')
        expect(await response.json()).toEqual({
          resource: resource(),
          authorization_servers: [authority.issuer],
          bearer_methods_supported: ['header'],
          scopes_supported: ['user:read'],
        })
      }
    })

    test('answers 401 without a token, and says where to sign in', async () => {
      const response = await post(resource())
      expect(response.status).toBe(401)
      expect(challengeOf(response)).toBe(`Bearer scope="user:read", resource_metadata="${metadataUrl()}"`)
      expect(response.headers.get('cache-control')).toBe('no-store')
      expect(response.headers.has('x-powered-by')).toBe(false)
      expect(await response.json()).toMatchObject({ error: 'missing_token' })
    })

    test('answers 401 for a token of another resource, and not why', async () => {
      const response = await post(resource(), tokenWith('user:read', { aud: 'https://other.example' }))
      expect(response.status).toBe(401)
      expect(challengeOf(response)).toContain('error="invalid_token"')
      expect(await response.text()).not.toContain('other.example')
    })

    test('hands a good request to the handler, with the caller and the parsed message', async () => {
      const response = await post(resource(), tokenWith('user:read'))
      expect(response.status).toBe(200)
      expect(await response.json()).toEqual({ jsonrpc: '2.0', id: 1, result: { subject: 'usr_1' } })
    })

    test('hands a call of a public tool to the handler without a caller, and refuses a token that is not valid', async () => {
      const body = JSON.stringify(toolCall('search'))
      const response = await post(resource(), undefined, { body })
      expect([response.status, await response.json()]).toEqual([
        200,
        { jsonrpc: '2.0', id: 1, result: { subject: null } },
      ])
      const named = await post(resource(), tokenWith(''), { body })
      expect(await named.json()).toMatchObject({ result: { subject: 'usr_1' } })
      expect((await post(resource(), tokenWith('', { exp: 1, iat: 0 }), { body })).status).toBe(401)
      expect((await post(resource(), undefined, { body: JSON.stringify(toolCall('edit')) })).status).toBe(401)
    })

    test.each([
      ['2026-07-28', 'user:read user:write'],
      ['2025-11-25', 'offline_access user:read user:write'],
    ])('answers 403 with the scopes that a client of %s asks for', async (revision, scopes) => {
      const response = await edit(tokenWith('offline_access user:read'), revision)
      expect(response.status).toBe(403)
      expect(challengeOf(response)).toContain('error="insufficient_scope"')
      expect(challengeOf(response)).toContain(`resource_metadata="${metadataUrl()}"`)
      expect(scopeOf(response)).toBe(scopes)
    })

    test('serves the client that steps up to what the challenge asks for', async () => {
      const refused = await edit(tokenWith('user:read'), '2025-11-25')
      expect(refused.status).toBe(403)
      expect((await edit(tokenWith(scopeOf(refused) ?? ''), '2025-11-25')).status).toBe(200)
    })

    test('answers the preflight of its own pages, and refuses those of others', async () => {
      const preflight = (origin: string) => fetch(resource(), { method: 'OPTIONS', headers: { origin } })
      const own = await preflight(app.origin)
      expect(own.status).toBe(204)
      expect(Object.fromEntries(own.headers)).toMatchObject({
        'access-control-allow-origin': app.origin,
        'access-control-allow-methods': 'POST',
        'access-control-allow-headers': expect.stringContaining('Authorization'),
      })
      expect((await preflight('https://evil.example')).status).toBe(403)
      const headers = { origin: app.origin }
      const refused = await post(resource(), undefined, { headers })
      expect(refused.status).toBe(401)
      expect(refused.headers.get('access-control-expose-headers')).toContain('WWW-Authenticate')
    })

    test.each([
      ['more than 256 KiB', 413, ' '.repeat(256 * 1024 + 1), 'application/json'],
      ['another media type', 415, '{}', 'text/plain'],
      ['no JSON', 400, '{', 'application/json'],
      ['two members of one name', 400, '{"id":1,"id":2}', 'application/json'],
    ])('refuses a body with %s', async (_what, status, body, type) => {
      const headers = { 'content-type': type }
      const response = await post(resource(), tokenWith('user:read'), { body, headers })
      expect(response.status).toBe(status)
    })

    test('answers GET with 405, and without a token with the challenge', async () => {
      expect((await get('/mcp')).status).toBe(401)
      const response = await get('/mcp', tokenWith('user:read'))
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST, OPTIONS'])
    })

    test.each(['/mcp/', '/MCP', '/mcp/x', '//mcp'])(
      'leaves no other spelling of its path to the router: %s',
      async (path) => {
        const response = await post(`${app.origin}${path}`, tokenWith('user:read'))
        expect([response.status, await response.json()]).toEqual([
          404,
          { error: 'not_found', error_description: expect.stringContaining('MCP is at /mcp.') },
        ])
      },
    )

    test('answers what the app does not serve with where MCP is', async () => {
      const response = await get('/<img>')
      expect(response.status).toBe(404)
      expect(await response.json()).toMatchObject({ error_description: expect.stringContaining('/mcp') })
    })

    test('a guard answers 401 and asks for its scopes', async () => {
      for (const response of [
        await get('/report'),
        await get('/report', tokenWith('report:read', { exp: 1, iat: 0 })),
      ]) {
        expect(response.status).toBe(401)
        expect(scopeOf(response)).toBe('report:read')
        expect(challengeOf(response)).toContain(`resource_metadata="${metadataUrl()}"`)
      }
    })

    test.each(['/report', '/export'])('a scope is the same in a guard and in a handler: %s', async (path) => {
      const refused = await get(path, tokenWith('user:read'))
      expect(refused.status).toBe(403)
      expect(challengeOf(refused)).toContain('error="insufficient_scope"')
      expect(challengeOf(refused)).toContain(`resource_metadata="${metadataUrl()}"`)
      expect(scopeOf(refused)).toBe('user:read report:read')
      expect(await refused.json()).toMatchObject({ error: 'insufficient_scope' })
      for (const scope of ['report:read', 'reports:read']) {
        const response = await get(path, tokenWith(scope))
        expect([response.status, await response.json()]).toEqual([200, 'usr_1'])
      }
    })

    test('a handler without a guard is a mistake of the app: 500, and a sentence in the log', async () => {
      const response = await get('/unguarded', tokenWith('user:read'))
      expect(response.status).toBe(500)
      expect(challengeOf(response)).toBe('')
      expect(await response.text()).not.toContain('guard')
      expect(app.faults.map(String)).toContainEqual(
        expect.stringContaining('No access token was verified for this call: put app.use(mcpAuth('),
      )
    })
  })
}
