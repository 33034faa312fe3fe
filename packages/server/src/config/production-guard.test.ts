import { describe, expect, test } from 'vitest'
import { ConfigError, loadConfig } from './config.js'

const good = {
  NODE_ENV: 'production',
  SCALEKIT_ENV_URL: 'https://acme.scalekit.com',
  SCALEKIT_CLIENT_ID: 'skc_1',
  SCALEKIT_CLIENT_SECRET: 'secret',
  ADMIN_CLIENTS: 'skc_2',
  EXPECTED_AUDIENCE: 'https://mcp.acme.com/mcp',
}

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    loadConfig({}, { ...good, ...environment })
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

describe('with NODE_ENV=production', () => {
  test('https URLs of public hosts are accepted, and internal Redis and OpenTelemetry', () => {
    expect(
      problemsOf({
        JWKS_URI: 'https://acme.scalekit.com/keys',
        INTROSPECTION_URL: 'HTTPS://Acme.Scalekit.com/introspect',
        EXPECTED_ISSUERS: 'https://acme.scalekit.com,https://localhost.example.com',
        ALLOWED_ORIGINS: 'https://app.acme.com',
        REDIS_URL: 'redis://redis:6379',
        STATE_KEY: 'k'.repeat(32),
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318',
      }),
    ).toEqual([])
  })

  test.each([
    'http://acme.scalekit.com',
    'HTTP://acme.scalekit.com',
    'http://acme',
    'https://localhost',
    'https://LOCALHOST.',
    'https://app.localhost',
    'https://127.1',
    'https://127.0.0.1.',
    'https://2130706433',
    'https://0x7f.0.0.1:8443',
    'https://0.0.0.0',
    'https://[::1]',
    'https://[0:0:0:0:0:0:0:1]',
    'https://[::]',
    'https://[::ffff:127.0.0.1]',
    'https://@localhost',
  ])('%s is refused in every variable', (url) => {
    for (const name of [
      'SCALEKIT_ENV_URL',
      'JWKS_URI',
      'INTROSPECTION_URL',
      'EXPECTED_ISSUERS',
      'EXPECTED_AUDIENCE',
      'DOCS_URL',
      'ALLOWED_ORIGINS',
    ]) {
      const value = name === 'EXPECTED_ISSUERS' ? `https://acme.scalekit.com, ${url}` : url
      expect([name, problemsOf({ [name]: value })]).toEqual([
        name,
        [expect.stringMatching(new RegExp(`^${name}: https?://\\S+ is (not https|this machine); .*\\.$`))],
      ])
    }
  })

  test.each(['https://admin:secret@localhost', 'http://user@acme.scalekit.com'])(
    'a URL with a user is refused without repeating it: %s',
    (url) => {
      const problems = problemsOf({ JWKS_URI: url })
      expect(problems).toEqual([expect.stringMatching(/^JWKS_URI: /)])
      expect(problems.join()).not.toMatch(/admin|secret|user@/)
    },
  )

  test('URLs within the metadata document are checked', () => {
    const metadata = (members: object) =>
      JSON.stringify({
        resource: good.EXPECTED_AUDIENCE,
        authorization_servers: ['https://acme.scalekit.com'],
        ...members,
      })
    expect(problemsOf({ PROTECTED_RESOURCE_METADATA: metadata({}) })).toEqual([])
    for (const members of [
      { authorization_servers: ['https://acme.scalekit.com', 'http://idp.acme.com'] },
      { jwks_uri: 'https://127.0.0.1/keys' },
      { x: { y: ['http://idp.acme.com'] } },
    ]) {
      expect(problemsOf({ PROTECTED_RESOURCE_METADATA: metadata(members) })).toHaveLength(1)
    }
  })

  test('every origin is refused', () => {
    expect(problemsOf({ ALLOWED_ORIGINS: '*' })).toEqual([
      'ALLOWED_ORIGINS: * is refused with NODE_ENV=production; list the origins that may call, or unset it.',
    ])
    expect(problemsOf({ ALLOWED_ORIGINS: '*', NODE_ENV: 'development' })).toEqual([])
  })

  test.each([' production ', 'production\n', "'production'"])('written %j, it is the same', (name) => {
    expect(problemsOf({ NODE_ENV: name, JWKS_URI: 'http://acme.scalekit.com/keys' })).toHaveLength(1)
  })

  test('every problem is listed once', () => {
    const problems = problemsOf({
      JWKS_URI: 'http://localhost/keys',
      INTROSPECTION_URL: 'http://acme.scalekit.com/introspect',
      EXPECTED_ISSUERS: 'http://localhost:1,http://localhost:1',
    })
    expect(problems).toHaveLength(3)
  })
})

test.each(['Production', 'PRODUCTION', 'prod', 'staging'])('NODE_ENV=%s is refused', (name) => {
  expect(problemsOf({ NODE_ENV: name })).toEqual(['NODE_ENV: set it to production, development or test'])
})

test('without it, a local environment is accepted', () => {
  expect(problemsOf({ NODE_ENV: '', SCALEKIT_ENV_URL: 'http://localhost:8787/env_1' })).toEqual([])
})
