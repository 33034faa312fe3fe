import { createTokenVerifier, mcpAuth, type ProtectOptions, protect, Secret } from '@scalekit-mcp/auth'
import express from 'express'
import { describe, expect, test } from 'vitest'

const right = {
  resource: 'https://mcp.example.com/mcp',
  scalekit: { environmentUrl: 'https://acme.scalekit.com', resourceId: 'res_1' },
  scopes: ['user:read'],
}
const { environmentUrl } = right.scalekit
const revocation = { introspectionUrl: environmentUrl, clientId: 'skc_1', clientSecret: 'hunter2' }

const PROFILES = 'strict, scalekit-compat, auth0, okta, entra, keycloak or cognito'
const ORIGINS = "a list of origins without a path, like ['https://app.acme.com'], or '*'"
const HOSTS = "a list of hosts without a scheme, like ['mcp.internal:3002']"
const SCOPES = "a list of scope names without spaces, like ['user:read']"

describe.each([
  ['mcpAuth', (options: ProtectOptions) => mcpAuth(options)],
  ['protect', (options: ProtectOptions) => protect(express(), options)],
])('the options of %s', (_name, create) => {
  test.each<[unknown, string]>([
    [{ scopes: undefined }, `scopes must be ${SCOPES}. It is missing.`],
    [{ scopes: 'a' }, `scopes must be ${SCOPES}. It is "a".`],
    [{ scopes: ['a b'] }, `scopes must be ${SCOPES}. It is ["a b"].`],
    [
      { resource: undefined },
      'resource must be the URL of this server, like https://mcp.acme.com/mcp. It is missing.',
    ],
    [
      { scalekit: { environmentUrl, resourceId: 'nope' } },
      'scalekit.resourceId must be the id of this server in Scalekit, like res_123. It is "nope".',
    ],
    [
      { scalekit: { resourceId: 'res_1' } },
      'scalekit.environmentUrl must be the URL of your environment, like https://acme.scalekit.com. It is missing.',
    ],
    [{ limits: { perMinute: -1 } }, 'limits.perMinute must be a whole number from 1. It is -1.'],
    [{ limits: { perMinute: '600' } }, 'limits.perMinute must be a whole number from 1. It is "600".'],
    [
      { limits: { failuresPerMinute: 0.5 } },
      'limits.failuresPerMinute must be a whole number from 1. It is 0.5.',
    ],
    [{ tools: { greet: 'user:read' } }, `tools.greet must be ${SCOPES}. It is "user:read".`],
    [{ tools: { greet: { readOnly: true } } }, `tools.greet.scopes must be ${SCOPES}. It is missing.`],
    [
      { tools: { greet: { scopes: [], readOnly: 1 } } },
      'tools.greet.readOnly must be true or false. It is 1.',
    ],
    [
      { tools: ['greet'] },
      'tools must be a list of scopes for each tool, like { greet_user: [\'user:read\'] }. It is ["greet"].',
    ],
    [
      { scopeAliases: { 'org:read': 1 } },
      "scopeAliases must be an object of scope names, like { 'org:read': 'organization:read' }. It is an object.",
    ],
    [
      { allowedOrigins: 'https://a.example' },
      `allowedOrigins must be ${ORIGINS}. It is "https://a.example".`,
    ],
    [
      { allowedHosts: ['https://mcp.example.com'] },
      'allowedHosts must be a list of hosts without a scheme, like [\'mcp.internal:3002\']. It is ["https://mcp.example.com"].',
    ],
    [
      { allowedHosts: ['*'] },
      'allowedHosts must be a list of hosts without a scheme, like [\'mcp.internal:3002\']. It is ["*"].',
    ],
    [{ allowedHosts: [] }, `allowedHosts must be ${HOSTS}. It is [].`],
    [{ profile: 'lenient' }, `profile must be ${PROFILES}. It is "lenient".`],
    [{ profile: 'toString' }, `profile must be ${PROFILES}. It is "toString".`],
    [{ claims: { clientId: ['cid'] } }, 'claims.clientId must be a string. It is ["cid"].'],
    [{ audience: { client: 'x' } }, 'audience must be a string or a list of strings. It is an object.'],
    [{ audience: [] }, 'audience must be a string or a list of strings. It is [].'],
    [{ publicTools: 'time' }, 'publicTools must be a list of strings. It is "time".'],
    [{ exchange: { clientSecret: 'hunter2' } }, 'exchange.clientId must be a string. It is missing.'],
    [
      { exchange: { clientId: 'skc_1' } },
      'exchange.clientSecret must be a string or a Secret. It is missing.',
    ],
    [{ onRefused: console }, 'onRefused must be a function. It is an object.'],
    [{ name: '' }, 'name must be a string. It is empty.'],
    [
      { revocation: { introspectionUrl: environmentUrl } },
      'revocation.clientId must be a string. It is missing.',
    ],
    [
      { revocation: { ...revocation, timeoutMs: 0.5 } },
      'revocation.timeoutMs must be a whole number from 1 to 2147483647. It is 0.5.',
    ],
    [
      { revocation: { ...revocation, timeoutMs: 2 ** 31 } },
      'revocation.timeoutMs must be a whole number from 1 to 2147483647. It is 2147483648.',
    ],
    [
      { revocation: { ...revocation, store: {} } },
      'revocation.store must be an object with the methods isRevoked and revoke. It is an object.',
    ],
    [{ limits: { perMinute: Number.NaN } }, 'limits.perMinute must be a whole number from 1. It is NaN.'],
    [
      { limits: { perMinute: Number.POSITIVE_INFINITY } },
      'limits.perMinute must be a whole number from 1. It is Infinity.',
    ],
    [{ allowedOrigins: ['*'] }, `allowedOrigins must be ${ORIGINS}. It is ["*"].`],
    [{ allowedOrigins: ['app.acme.com'] }, `allowedOrigins must be ${ORIGINS}. It is ["app.acme.com"].`],
    [
      { allowedOrigins: ['https://app.acme.com/'] },
      `allowedOrigins must be ${ORIGINS}. It is ["https://app.acme.com/"].`,
    ],
    [
      { tools: new Map([['greet', ['user:read']]]) },
      "tools must be a list of scopes for each tool, like { greet_user: ['user:read'] }. It is an object.",
    ],
    [
      { scopeAliases: new Map([['org:read', 'organization:read']]) },
      "scopeAliases must be an object of scope names, like { 'org:read': 'organization:read' }. It is an object.",
    ],
    [{ claims: new Map([['clientId', 'cid']]) }, 'claims must be an object. It is an object.'],
  ])('%j is a TypeError with the option, its form and what it is', (wrong, message) => {
    const options = { ...right, ...Object(wrong) } as ProtectOptions
    expect(() => create(options)).toThrow(new TypeError(message))
  })

  test.each<[unknown, string]>([
    [{ scope: ['a'] }, 'scope is not an option. Use scopes.'],
    [{ Resource: 'x' }, 'Resource is not an option. Use resource.'],
    [{ onRefuse: () => undefined }, 'onRefuse is not an option. Use onRefused.'],
    [{ toolz: {} }, 'toolz is not an option. Use tools.'],
    [{ environmentUrl }, 'environmentUrl is not an option. Use scalekit.environmentUrl.'],
    [{ perMinute: 5 }, 'perMinute is not an option. Use limits.perMinute.'],
    [{ limits: { perMin: 5 } }, 'limits.perMin is not an option. Use limits.perMinute.'],
    [
      { scalekit: { environmentUrl, id: 'res_1' } },
      'scalekit.id is not an option. Use one of: environmentUrl, resourceId.',
    ],
    [{ claims: { client_id: 'cid' } }, 'claims.client_id is not an option. Use claims.clientId.'],
    [{ organization: 'org_id' }, 'organization is not an option. Use claims.organization.'],
    [{ tools: { greet: { scope: [] } } }, 'tools.greet.scope is not an option. Use tools.greet.scopes.'],
  ])('%j is a TypeError with the option that was meant', (wrong, message) => {
    const options = { ...right, ...Object(wrong) } as ProtectOptions
    expect(() => create(options)).toThrow(new TypeError(message))
  })

  test.each<[unknown, string]>([
    [
      { resource: 'https://mcp.example.com/mcp?' },
      'resource must be a canonical URL without a query: https://mcp.example.com/mcp',
    ],
    [
      { resource: 'https://mcp.example.com/mcp#' },
      'resource must be a canonical URL without a query: https://mcp.example.com/mcp',
    ],
    [{ issuers: ['auth.example.com'] }, 'An issuer in issuers is not a URL'],
    [
      { issuers: ['https://login.microsoftonline.com/{tenant}/v2.0'] },
      'issuers must have the exact iss values: replace parts in braces, and remove spaces',
    ],
    [
      { issuers: ['https://auth.example.com '] },
      'issuers must have the exact iss values: replace parts in braces, and remove spaces',
    ],
    [{ scalekit: { environmentUrl: 'acme.scalekit.com' } }, 'scalekit.environmentUrl is not a URL'],
    [
      { scalekit: { environmentUrl: 'https://acme.scalekit.com?a=b' } },
      'scalekit.environmentUrl must not have a query',
    ],
    [{ authorizationServers: [] }, 'authorizationServers must name at least one authorization server'],
    [{ authorizationServers: ['acme'] }, 'An entry of authorizationServers is not a URL'],
    [
      { metadata: { resource: right.resource, authorization_servers: [1] } },
      'An entry of metadata.authorization_servers is not a URL',
    ],
    [
      { revocation: { ...revocation, introspectionUrl: 'introspect' } },
      'revocation.introspectionUrl is not a URL',
    ],
    [
      { limits: { createLimiter: () => ({}) } },
      'limits.createLimiter must return a limiter with the method consume, and no promise',
    ],
    [
      { limits: { createLimiter: async () => ({ consume: () => undefined }) } },
      'limits.createLimiter must return a limiter with the method consume, and no promise',
    ],
  ])('%j could accept no request, and is a TypeError', (wrong, message) => {
    const options = { ...right, ...Object(wrong) } as ProtectOptions
    expect(() => create(options)).toThrow(new TypeError(message))
  })

  test('pages of extensions and pages without an origin may be allowed', () => {
    const allowedOrigins = ['https://app.acme.com:8443', 'chrome-extension://abc', 'null']
    expect(() => create({ ...right, allowedOrigins }).close()).not.toThrow()
  })

  test('no options at all are a TypeError with those that are needed', () => {
    const nothing = undefined as unknown as ProtectOptions
    expect(() => create(nothing)).toThrow(
      new TypeError('Give options: mcpAuth({ resource, scalekit, scopes, tools })'),
    )
  })

  test('a secret is a string or a Secret, and what is neither stays out of the error', () => {
    for (const clientSecret of ['hunter2', new Secret('hunter2')]) {
      expect(() => create({ ...right, revocation: { ...revocation, clientSecret } }).close()).not.toThrow()
      expect(() => create({ ...right, exchange: { clientId: 'skc_1', clientSecret } }).close()).not.toThrow()
    }
    const clientSecret = ['hunter2'] as unknown as string
    expect(() => create({ ...right, revocation: { ...revocation, clientSecret } })).toThrow(
      new TypeError('revocation.clientSecret must be a string or a Secret. It is a list.'),
    )
    expect(() => create({ ...right, exchange: { clientId: 'skc_1', clientSecret } })).toThrow(
      new TypeError('exchange.clientSecret must be a string or a Secret. It is a list.'),
    )
  })

  test('an option that is undefined is absent', () => {
    const options = { ...right, issuers: undefined, limits: { perMinute: undefined }, name: undefined }
    expect(() => create(options).close()).not.toThrow()
  })
})

const verifier = { issuers: ['https://auth.example.com'], audience: 'https://mcp.example.com/mcp' }

test.each<[unknown, string]>([
  [{ issuers: undefined }, 'issuers must be a list of strings. It is missing.'],
  [
    { issuers: 'https://auth.example.com' },
    'issuers must be a list of strings. It is "https://auth.example.com".',
  ],
  [{ audience: '' }, 'audience must be a string or a list of strings. It is empty.'],
  [{ audience: [] }, 'audience must be a string or a list of strings. It is [].'],
  [{ claims: { organization: 7 } }, 'claims.organization must be a string. It is 7.'],
  [{ resource: 'https://mcp.example.com/mcp' }, 'resource is not an option. Use one of: issuers, audience, '],
  [
    { revocation: { ...revocation, clientSecret: 7 } },
    'revocation.clientSecret must be a string or a Secret. It is a number.',
  ],
])('createTokenVerifier with %j is a TypeError with the option', (wrong, message) => {
  const create = () => createTokenVerifier({ ...verifier, ...Object(wrong) })
  expect(create).toThrow(TypeError)
  expect(create).toThrow(message)
})
