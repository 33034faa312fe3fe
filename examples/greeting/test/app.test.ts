import { createLocalScalekit, type LocalScalekit } from '@scalekit-mcp/local'
import request from 'supertest'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../src/app.js'
import { localSeed } from '../src/local-seed.js'

const url = 'http://localhost:3003/mcp'

describe('the greeting server', () => {
  let local: LocalScalekit
  let app: ReturnType<typeof createApp>
  const lines: unknown[] = []

  beforeAll(async () => {
    local = await createLocalScalekit({ port: 0, memory: true, seed: localSeed(url) })
    app = createApp({
      resource: url,
      scalekit: {
        environmentUrl: `${local.url}/env_100000000000000001`,
        resourceId: 'res_100000000000000002',
      },
      log: (line: unknown) => lines.push(line),
    })
  })
  afterAll(() => local.close())

  /** An access token from the local environment, without a sign-in. */
  async function tokenOf(email: string, ...scopes: string[]): Promise<string> {
    const { body } = await request(local.url)
      .post('/__local/tokens')
      .set('x-scalekit-local', '1')
      .send({ subject: email, resource: url, scopes })
      .expect(200)
    return body.access_token
  }

  const call = (token: string | undefined, name: string, args: object = {}) => {
    const post = request(app)
      .post('/mcp')
      .set('Host', 'localhost:3003')
      .set('Accept', 'application/json, text/event-stream')
      .set('MCP-Protocol-Version', '2025-11-25')
    if (token) post.set('Authorization', `Bearer ${token}`)
    return post.send({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } })
  }

  test('health and metadata are public', async () => {
    await request(app).get('/health').expect(200, { status: 'healthy' })
    const { body } = await request(app).get('/.well-known/oauth-protected-resource/mcp').expect(200)
    expect(body).toMatchObject({
      resource: url,
      authorization_servers: [`${local.url}/env_100000000000000001/resources/res_100000000000000002`],
      scopes_supported: ['user:read'],
    })
  })

  test('without a token the answer says where to get one', async () => {
    const response = await call(undefined, 'greet_user', { name: 'Ada' }).expect(401)
    expect(response.headers['www-authenticate']).toBe(
      'Bearer scope="user:read", ' +
        'resource_metadata="http://localhost:3003/.well-known/oauth-protected-resource/mcp"',
    )
  })

  test('a bad token is refused', async () => {
    const [header, , signature] = (await tokenOf('ana@acme.example', 'user:read')).split('.')
    const claims = Buffer.from(JSON.stringify({ sub: 'usr_1', scope: 'user:read admin' })).toString(
      'base64url',
    )
    for (const token of ['not-a-token', `${header}.${claims}.${signature}`]) {
      const response = await call(token, 'greet_user', { name: 'Ada' }).expect(401)
      expect(response.headers['www-authenticate']).toContain('error="invalid_token"')
    }
  })

  test('greets with a token', async () => {
    const token = await tokenOf('ana@acme.example', 'user:read')
    const response = await call(token, 'greet_user', { name: 'Ada' }).expect(200)
    expect(response.text).toContain('Hello Ada, says usr_100000000000000101.')
  })

  test('an organization sees its own greetings only', async () => {
    const ana = await tokenOf('ana@acme.example', 'user:read')
    const ben = await tokenOf('ben@globex.example', 'user:read')
    await call(ana, 'greet_user', { name: 'Acme' }).expect(200)
    await call(ben, 'greet_user', { name: 'Globex' }).expect(200)
    const { text } = await call(ben, 'list_greetings').expect(200)
    expect(text).toContain('Hello Globex')
    expect(text).not.toContain('Hello Acme')
  })

  test('the tool for administrators needs its scope, and says which', async () => {
    const refused = await call(await tokenOf('ana@acme.example', 'user:read'), 'clear_greetings').expect(403)
    expect(refused.headers['www-authenticate']).toContain(
      'error="insufficient_scope", error_description="This call needs the scopes: user:read admin.',
    )
    const admin = await tokenOf('ana@acme.example', 'user:read', 'admin')
    expect((await call(admin, 'clear_greetings').expect(200)).text).toContain('greetings forgotten')
    expect((await call(admin, 'list_greetings').expect(200)).text).not.toContain('Hello')
  })

  test('a caller has as many calls a minute as allowed', async () => {
    const limited = createApp({
      resource: url,
      scalekit: {
        environmentUrl: `${local.url}/env_100000000000000001`,
        resourceId: 'res_100000000000000002',
      },
      limits: { perMinute: 2 },
      log: () => undefined,
    })
    const token = await tokenOf('ana@acme.example', 'user:read')
    const statuses = []
    for (let count = 0; count < 3; count++) {
      const { status } = await request(limited)
        .post('/mcp')
        .set('Host', 'localhost:3003')
        .set('Authorization', `Bearer ${token}`)
        .send({ jsonrpc: '2.0', id: 1, method: 'ping' })
      statuses.push(status)
    }
    expect(statuses.map((status) => status === 429)).toEqual([false, false, true])
  })

  test('the log names who called, and holds no token', () => {
    expect(lines).toContainEqual(
      expect.objectContaining({ path: '/mcp', status: 200, subject: 'usr_100000000000000101' }),
    )
    expect(JSON.stringify(lines)).not.toMatch(/eyJ/)
  })
})
