import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type Config, ConfigError, loadConfig } from '../packages/server/src/config/config.js'

// The variables of the two documents that this project implements.

const guide =
  readFileSync(new URL('../docs/guides/operator.md', import.meta.url), 'utf8').split('\n### ')[1] ?? ''

const environment = 'https://acme.scalekit.com'
const needed = {
  SCALEKIT_ENV_URL: environment,
  SCALEKIT_CLIENT_ID: 'skc_1',
  SCALEKIT_CLIENT_SECRET: 'the-secret',
  ADMIN_CLIENTS: 'skc_2',
}
const without = (name: string) => Object.fromEntries(Object.entries(needed).filter(([each]) => each !== name))

function problemsOf(values: Record<string, string>): readonly string[] {
  try {
    loadConfig({}, values)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

describe('every variable of the documents', () => {
  const metadata = JSON.stringify({
    authorization_servers: [`${environment}/resources/res_1`],
    resource: 'http://localhost:3002/',
  })
  const documented: readonly [
    name: string,
    value: string,
    others: object,
    honoured: (config: Config) => unknown,
  ][] = [
    [
      'SCALEKIT_ENV_URL',
      environment,
      without('SCALEKIT_ENV_URL'),
      ({ jwksUrl }) => jwksUrl === `${environment}/keys`,
    ],
    [
      'SCALEKIT_ENVIRONMENT_URL',
      environment,
      without('SCALEKIT_ENV_URL'),
      ({ issuers }) => issuers[0] === environment,
    ],
    ['SK_ENV_URL', environment, without('SCALEKIT_ENV_URL'), ({ issuers }) => issuers[0] === environment],
    ['SCALEKIT_CLIENT_ID', 'skc_7', without('SCALEKIT_CLIENT_ID'), ({ clientId }) => clientId === 'skc_7'],
    ['SK_CLIENT_ID', 'skc_7', without('SCALEKIT_CLIENT_ID'), ({ clientId }) => clientId === 'skc_7'],
    [
      'SCALEKIT_CLIENT_SECRET',
      's3',
      without('SCALEKIT_CLIENT_SECRET'),
      ({ clientSecret }) => clientSecret.reveal() === 's3',
    ],
    [
      'SK_CLIENT_SECRET',
      's3',
      without('SCALEKIT_CLIENT_SECRET'),
      ({ clientSecret }) => clientSecret.reveal() === 's3',
    ],
    [
      'PORT',
      '3010',
      needed,
      ({ port, resource }) => port === 3010 && resource === 'http://localhost:3010/mcp',
    ],
    [
      'EXPECTED_AUDIENCE',
      'http://localhost:3002/',
      needed,
      ({ resource }) => resource === 'http://localhost:3002/',
    ],
    [
      'PROTECTED_RESOURCE_METADATA',
      metadata,
      { ...needed, EXPECTED_AUDIENCE: 'http://localhost:3002/' },
      ({ authorizationServers }) => authorizationServers[0] === `${environment}/resources/res_1`,
    ],
    // As "docker run --env-file" passes on the line of the document, which has quotes.
    [
      'PROTECTED_RESOURCE_METADATA',
      `'${metadata}'`,
      { ...needed, EXPECTED_AUDIENCE: 'http://localhost:3002/' },
      (config) => config.metadata?.resource === 'http://localhost:3002/',
    ],
    [
      'MCP_SERVER_ID',
      'res_7',
      needed,
      (config) => config.authorizationServers[0] === `${environment}/resources/res_7`,
    ],
    [
      'SCALEKIT_MCP_SERVER_ID',
      'res_7',
      needed,
      (config) => config.issuers.includes(`${environment}/resources/res_7`),
    ],
    ['LOG_LEVEL', 'debug', needed, ({ logLevel }) => logLevel === 'debug'],
    ['NODE_ENV', 'production', needed, ({ production }) => production],
    [
      'ALLOWED_ORIGINS',
      'https://app.acme.com',
      needed,
      ({ allowedOrigins }) => allowedOrigins[0] === 'https://app.acme.com',
    ],
  ]

  test.each(documented)('%s=%s counts', (name, value, others, honoured) => {
    expect(honoured(loadConfig({}, { ...others, [name]: value }))).toBe(true)
  })

  test.each([
    ['SCALEKIT_ENV_URL', 'SK_ENV_URL'],
    ['SCALEKIT_ENVIRONMENT_URL', 'SK_ENV_URL'],
    ['SCALEKIT_CLIENT_ID', 'SK_CLIENT_ID'],
    ['SCALEKIT_CLIENT_SECRET', 'SK_CLIENT_SECRET'],
    ['MCP_SERVER_ID', 'SCALEKIT_MCP_SERVER_ID'],
  ])('%s and %s may have one value, not two', (name, other) => {
    const value = name.endsWith('_URL') ? environment : 'res_1'
    expect(problemsOf({ ...needed, [name]: value, [other]: value }).join()).not.toContain('names of')
    const problems = problemsOf({ ...needed, [name]: value, [other]: `${value}9` })
    expect(problems).toEqual([
      expect.stringMatching(new RegExp(`^.*${other}.* different values: set one of them\\.$`)),
    ])
    expect(problems.join()).not.toContain(value)
  })

  test('two names of a URL may differ by the slash at the end', () => {
    const both = { ...needed, SK_ENV_URL: `${environment}/` }
    expect(loadConfig({}, both).issuers).toEqual([environment])
  })

  test('quotes that Docker keeps are no part of any value', () => {
    const plain = { ...needed, PORT: '3010', HOST: '[::1]', ALLOWED_ORIGINS: 'https://app.acme.com/,' }
    const quoted = Object.entries(plain).map(([name, value]) => [name, `"${value}"`])
    const config = loadConfig({}, Object.fromEntries(quoted))
    expect(config).toEqual(loadConfig({}, plain))
    expect(config).toMatchObject({ port: 3010, host: '::1', allowedOrigins: ['https://app.acme.com'] })
  })

  test('MCP_SERVER_ID must not contradict the metadata document', () => {
    const values = {
      ...needed,
      EXPECTED_AUDIENCE: 'http://localhost:3002/',
      PROTECTED_RESOURCE_METADATA: metadata,
    }
    expect(problemsOf({ ...values, MCP_SERVER_ID: 'res_1' })).toEqual([])
    expect(problemsOf({ ...values, MCP_SERVER_ID: 'res_2' })).toEqual([
      expect.stringMatching(/^MCP_SERVER_ID: .*res_2.*PROTECTED_RESOURCE_METADATA names .*res_1/),
    ])
    expect(problemsOf({ ...needed, MCP_SERVER_ID: 'notes' })).toEqual([
      'MCP_SERVER_ID: set it to an id like res_100000000000000001',
    ])
  })

  test('the loopback audience of the example is refused in production, in a sentence', () => {
    const values = { ...needed, EXPECTED_AUDIENCE: 'http://localhost:3002/', NODE_ENV: 'production' }
    expect(problemsOf(values)).toEqual([
      'EXPECTED_AUDIENCE: http://localhost:3002 is this machine; with NODE_ENV=production, set it to the https URL of a public host. On your own machine, remove NODE_ENV.',
    ])
  })

  test('the .env of the document needs an administrator, and no NODE_ENV or a public URL, as the guide says', () => {
    const { ADMIN_CLIENTS, ...credentials } = needed
    const envFile = (resource: string) => ({
      ...credentials,
      PORT: '3002',
      EXPECTED_AUDIENCE: resource,
      PROTECTED_RESOURCE_METADATA: `{"authorization_servers":["${environment}/resources/res_1"],"resource":"${resource}"}`,
      LOG_LEVEL: 'info',
    })
    const documented = { ...envFile('http://localhost:3002/'), NODE_ENV: 'production' }
    expect(problemsOf(documented).map((problem) => /^\w+/.exec(problem)?.[0])).toEqual([
      'ADMIN_ORGANIZATION',
      'EXPECTED_AUDIENCE',
      'PROTECTED_RESOURCE_METADATA',
    ])
    const administrators = { ADMIN_ORGANIZATION: 'org_1' }
    expect(problemsOf({ ...envFile('http://localhost:3002/'), ...administrators })).toEqual([])
    const inPublic = { ...envFile('https://mcp.acme.com/'), NODE_ENV: 'production', ...administrators }
    expect(problemsOf(inPublic)).toEqual([])
    for (const variable of ['NODE_ENV=production', 'ADMIN_ORGANIZATION', 'public https URL']) {
      expect(guide).toContain(variable)
    }
  })
})

const smallest = {
  SCALEKIT_ENV_URL: 'https://acme.scalekit.com',
  SCALEKIT_CLIENT_ID: 'skc_1',
  SCALEKIT_CLIENT_SECRET: 'secret',
  ADMIN_ORGANIZATION: 'org_100000000000000000',
}

test.each([
  [{ HOST: 'localhost:3022' }, 'HOST: set it to an address of this machine without a port'],
  [
    { ALLOWED_ORIGINS: 'https://a.example,b.example' },
    'ALLOWED_ORIGINS: b.example is not an origin. Set it to',
  ],
  [{ PROTECTED_RESOURCE_METADATA: '{' }, 'put it in single quotes in .env and in a shell'],
  [{ EXPECTED_AUDIENCE: 'https://mcp.acme.com:443/mcp' }, 'set it to https://mcp.acme.com/mcp'],
  [{ EXPECTED_AUDIENCE: 'HTTPS://MCP.acme.com/mcp' }, 'set it to https://mcp.acme.com/mcp'],
  [{ EXPECTED_AUDIENCE: 'http://localhost:3002/a/../mcp' }, 'set it to http://localhost:3002/mcp'],
  [
    { EXPECTED_AUDIENCE: 'http://mcp.acme.com/mcp' },
    'EXPECTED_AUDIENCE: http://mcp.acme.com/mcp is not https',
  ],
  [
    { SCALEKIT_ENV_URL: 'http://acme.scalekit.com' },
    'SCALEKIT_ENV_URL: http://acme.scalekit.com is not https',
  ],
  [
    { EXPECTED_ISSUERS: 'http://acme.scalekit.com' },
    'EXPECTED_ISSUERS: http://acme.scalekit.com is not https',
  ],
  [{ JWKS_URI: 'http://acme.scalekit.com/keys' }, 'JWKS_URI: http://acme.scalekit.com/keys is not https'],
  [
    { INTROSPECTION_URL: 'http://acme.scalekit.com/introspect' },
    'INTROSPECTION_URL: http://acme.scalekit.com/introspect is not https',
  ],
  [
    { EXPECTED_AUDIENCE: 'http://10.0.0.5:3002/mcp' },
    'EXPECTED_AUDIENCE: http://10.0.0.5:3002/mcp is not https',
  ],
  [
    { ALLOWED_HOSTS: 'mcp.internal:3002,https://mcp.internal' },
    'ALLOWED_HOSTS: https://mcp.internal is not a host. Set it to hosts like mcp.internal:3002',
  ],
  [{ ALLOWED_HOSTS: '*' }, 'ALLOWED_HOSTS: * is not a host'],
  [{ ALLOWED_HOSTS: '*.acme.com' }, 'ALLOWED_HOSTS: *.acme.com is not a host'],
  [{ ALLOWED_HOSTS: 'mcp.acme.com:65536' }, 'ALLOWED_HOSTS: mcp.acme.com:65536 is not a host'],
  [{ ALLOWED_ORIGINS: 'https://*.acme.com' }, 'ALLOWED_ORIGINS: https://*.acme.com is not an origin'],
  [{ EXPECTED_AUDIENCE: 'https://mcp.acme.com./mcp' }, 'EXPECTED_AUDIENCE: mcp.acme.com. is not a host name'],
  [{ EXPECTED_AUDIENCE: 'https://*.acme.com/mcp' }, 'EXPECTED_AUDIENCE: *.acme.com is not a host name'],
  [{ ALLOWED_HOSTS: 'mcp.acme.com/mcp' }, 'ALLOWED_HOSTS: mcp.acme.com/mcp is not a host'],
])('%o is a sentence of the configuration, not a failure of the start', (given, sentence) => {
  expect(() => loadConfig({}, { ...smallest, ...given })).toThrow(sentence)
})

test('http within a cluster is accepted: a name without a dot is on a private network', () => {
  const config = loadConfig(
    {},
    {
      ...smallest,
      JWKS_URI: 'http://keys:8080/keys',
      INTROSPECTION_URL: 'http://scalekit:8787/introspect',
      EXPECTED_ISSUERS: 'http://scalekit:8787/env_1',
      ALLOWED_HOSTS: 'MCP.internal:3002, [::1]:3002,127.0.0.1',
    },
  )
  expect(config).toMatchObject({
    jwksUrl: 'http://keys:8080/keys',
    introspectionUrl: 'http://scalekit:8787/introspect',
    allowedHosts: ['MCP.internal:3002', '[::1]:3002', '127.0.0.1'],
  })
})

test('port 80 is a port like every other', () => {
  expect(loadConfig({}, { ...smallest, PORT: '80' }).resource).toBe('http://localhost/mcp')
})
