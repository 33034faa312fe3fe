import request from 'supertest'
import { describe, expect, test } from 'vitest'
import { createApp } from '../src/app.js'
import { ConfigError, readConfig } from '../src/config.js'
import { startLocalEnvironment } from './local-environment.js'

const metadata = {
  resource: 'http://localhost:3002/',
  authorization_servers: ['https://acme.scalekit.com/resources/res_1'],
}
const variables = {
  SK_ENV_URL: 'https://acme.scalekit.com',
  EXPECTED_AUDIENCE: 'http://localhost:3002/',
  PROTECTED_RESOURCE_METADATA: JSON.stringify(metadata),
}

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

describe('the configuration', () => {
  test('of development: port 3002, pages of any origin, every line of the log', () => {
    expect(readConfig(variables)).toMatchObject({
      port: 3002,
      allowedOrigins: '*',
      logLevel: 'debug',
      requestsPerMinute: undefined,
    })
  })

  test('of production: only the origins that are named', () => {
    const production = { ...variables, NODE_ENV: 'production' }
    expect(readConfig(production)).toMatchObject({ port: 3002, allowedOrigins: [], logLevel: 'info' })
    const all = { PORT: '8080', ALLOWED_ORIGINS: 'https://a.example, https://b.example/', LOG_LEVEL: 'warn' }
    expect(readConfig({ ...production, ...all })).toMatchObject({
      port: 8080,
      allowedOrigins: ['https://a.example', 'https://b.example'],
      logLevel: 'warn',
    })
  })

  test('asks a client for every scope but admin at first, or for BASELINE_SCOPES', () => {
    expect(readConfig(variables).baselineScopes).toEqual([])
    const scopes_supported = ['user:read', 'user:write', 'admin']
    const PROTECTED_RESOURCE_METADATA = JSON.stringify({ ...metadata, scopes_supported })
    const offered = { ...variables, PROTECTED_RESOURCE_METADATA }
    expect(readConfig(offered).baselineScopes).toEqual(['user:read', 'user:write'])
    expect(readConfig({ ...offered, BASELINE_SCOPES: 'user:read' }).baselineScopes).toEqual(['user:read'])
  })

  test('has a sentence for everything that is missing', () => {
    const problems = problemsOf({ PORT: 'http', NODE_ENV: 'prod', LOG_LEVEL: '', REQUESTS_PER_MINUTE: '-1' })
    expect(problems.map((problem) => /^(\w+) is missing\.|^Set (\w+) to /.exec(problem)?.slice(1))).toEqual([
      ['SK_ENV_URL', undefined],
      ['EXPECTED_AUDIENCE', undefined],
      ['PROTECTED_RESOURCE_METADATA', undefined],
      [undefined, 'NODE_ENV'],
      [undefined, 'PORT'],
      [undefined, 'REQUESTS_PER_MINUTE'],
    ])
    expect(problems[2]).toMatch(/Set it to the metadata JSON .*, or set MCP_SERVER_ID to its id/)
    expect(problems[4]).toBe('Set PORT to a number from 0 to 65535.')
  })

  test('takes a variable from the environment before .env, even under another name', () => {
    const environment = { SCALEKIT_ENV_URL: 'https://acme.scalekit.com', PORT: '3003' }
    const file = { ...variables, SK_ENV_URL: 'https://other.scalekit.com', PORT: '3004', LOG_LEVEL: 'warn' }
    expect(readConfig(environment, file)).toMatchObject({
      scalekit: { scalekit: { environmentUrl: 'https://acme.scalekit.com' } },
      port: 3003,
      logLevel: 'warn',
    })
  })

  test('an empty environment variable hides no value of .env', () => {
    const empty = { SK_ENV_URL: '', EXPECTED_AUDIENCE: ' ', PORT: '' }
    expect(readConfig(empty, { ...variables, PORT: '3003' })).toEqual(
      readConfig({ ...variables, PORT: '3003' }),
    )
  })

  test.each(['app.example.com', 'https://app.example.com/path'])(
    'refuses the origin %s, which no browser sends',
    (ALLOWED_ORIGINS) => {
      expect(problemsOf({ ...variables, ALLOWED_ORIGINS: `https://a.example,${ALLOWED_ORIGINS}` })).toEqual([
        `ALLOWED_ORIGINS: ${ALLOWED_ORIGINS} is not an origin. Set ALLOWED_ORIGINS to origins like https://app.example.com, separated by commas.`,
      ])
    },
  )

  test('* is every origin, in development only', () => {
    expect(readConfig({ ...variables, ALLOWED_ORIGINS: '*' }).allowedOrigins).toBe('*')
    expect(problemsOf({ ...variables, ALLOWED_ORIGINS: '*', NODE_ENV: 'production' })).toEqual([
      'ALLOWED_ORIGINS: * is for development. List the origins that may call.',
    ])
  })

  test.each(['prod', 'staging', 'Production'])('refuses NODE_ENV=%s', (NODE_ENV) => {
    expect(problemsOf({ ...variables, NODE_ENV })).toEqual([
      'Set NODE_ENV to production, development or test.',
    ])
  })

  test('HOST is this machine, unless another address is set', () => {
    expect(readConfig(variables).host).toBe('127.0.0.1')
    expect(readConfig({ ...variables, HOST: '[::1]' }).host).toBe('::1')
    expect(problemsOf({ ...variables, HOST: 'localhost:3022' })).toEqual([
      'Set HOST to an address of this machine without a port, like 127.0.0.1, 0.0.0.0 or ::1.',
    ])
  })

  test('quotes that Docker keeps are no part of any value', () => {
    const plain = {
      ...variables,
      NODE_ENV: 'production',
      PORT: '8080',
      ALLOWED_ORIGINS: 'https://a.example,',
    }
    const quoted = Object.entries(plain).map(([name, value]) => [name, `'${value}'`])
    expect(readConfig(Object.fromEntries(quoted))).toEqual(readConfig(plain))
  })
})

test('MCP is at the path of EXPECTED_AUDIENCE, and its metadata at both well-known paths', async () => {
  const resource = 'http://localhost:3002/mcp'
  const PROTECTED_RESOURCE_METADATA = JSON.stringify({ ...metadata, resource })
  const env = { ...variables, EXPECTED_AUDIENCE: resource, PROTECTED_RESOURCE_METADATA, LOG_LEVEL: 'silent' }
  const app = createApp(readConfig(env))
  const { headers } = await request(app).post('/mcp').expect(401)
  expect(headers['www-authenticate']).toBe(
    'Bearer resource_metadata="http://localhost:3002/.well-known/oauth-protected-resource/mcp"',
  )
  for (const path of ['', '/mcp']) {
    const { body } = await request(app).get(`/.well-known/oauth-protected-resource${path}`).expect(200)
    expect(body).toEqual({ ...metadata, resource })
  }
  const { body } = await request(app).post('/').expect(404)
  expect(body.error_description).toBe('There is nothing at this address. MCP is at /mcp.')
})

test('web pages: any in development, those of ALLOWED_ORIGINS in production', async () => {
  const allowed = async (env: Record<string, string>, origin: string) => {
    const app = createApp(readConfig({ ...variables, LOG_LEVEL: 'silent', ...env }))
    const { status, headers } = await request(app).options('/').set('Origin', origin)
    return [status, headers['access-control-allow-origin']]
  }
  const production = { NODE_ENV: 'production', ALLOWED_ORIGINS: 'https://app.example.com' }
  expect(await allowed({}, 'https://inspector.example')).toEqual([204, 'https://inspector.example'])
  expect(await allowed(production, 'https://app.example.com')).toEqual([204, 'https://app.example.com'])
  expect(await allowed(production, 'https://inspector.example')).toEqual([403, undefined])
})

test('a caller has REQUESTS_PER_MINUTE', async () => {
  const local = await startLocalEnvironment()
  const app = createApp(readConfig({ ...local.variables, REQUESTS_PER_MINUTE: '2' }))
  const token = await local.tokenOf('ana@acme.example')
  const statuses = []
  for (let count = 0; count < 3; count++) {
    const { status } = await request(app)
      .post('/')
      .set('Authorization', `Bearer ${token}`)
      .set('Accept', 'application/json, text/event-stream')
      .send({ jsonrpc: '2.0', id: 1, method: 'ping' })
    statuses.push(status)
  }
  expect(statuses).toEqual([200, 200, 429])
  await local.close()
})
