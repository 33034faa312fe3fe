import { createProtection, type ProtectOptions } from '@scalekit-mcp/auth'
import { expect, test } from 'vitest'
import { Secret } from '../src/secret.js'

const right = {
  resource: 'https://mcp.example.com/mcp',
  scalekit: { environmentUrl: 'https://acme.scalekit.com', resourceId: 'res_1' },
  scopes: ['user:read'],
}
const { environmentUrl } = right.scalekit

test.each<[unknown, string]>([
  [{ scopes: undefined }, "scopes must be a list of scope names without spaces, like ['user:read']"],
  [{ scopes: 'a' }, 'scopes must be a list of scope names'],
  [{ scopes: ['a b'] }, 'scopes must be a list of scope names'],
  [{ resource: undefined }, 'resource must be the URL of this server, like https://mcp.acme.com/mcp'],
  [{ scope: ['a'] }, 'scope is not an option of protect. Use one of: resource, issuers, scalekit, '],
  [{ scalekit: { environmentUrl, resourceId: 'nope' } }, 'scalekit.resourceId must be the id of this server'],
  [{ scalekit: { resourceId: 'res_1' } }, 'scalekit.environmentUrl must be the URL of your environment'],
  [{ scalekit: { environmentUrl, id: 'res_1' } }, 'scalekit.id is not an option of protect. Use one of: env'],
  [{ limits: { perMinute: -1 } }, 'limits.perMinute must be a whole number from 1'],
  [{ limits: { perMinute: '600' } }, 'limits.perMinute must be a whole number from 1'],
  [{ limits: { failuresPerMinute: 0.5 } }, 'limits.failuresPerMinute must be a whole number from 1'],
  [{ tools: { greet_user: 'user:read' } }, 'tools must be a list of scopes for each tool'],
  [{ tools: ['greet_user'] }, 'tools must be a list of scopes for each tool'],
  [{ allowedOrigins: 'https://a.example' }, "allowedOrigins must be a list of origins, or '*'"],
  [{ allowedHosts: ['https://mcp.example.com'] }, 'allowedHosts must be a list of hosts without a scheme'],
  [{ allowedHosts: ['*'] }, 'allowedHosts must be a list of hosts without a scheme'],
  [{ profile: 'lenient' }, 'profile must be strict or scalekit-compat'],
  [{ revocation: { introspectionUrl: environmentUrl } }, 'revocation.clientId must be a string'],
  [
    { revocation: { introspectionUrl: environmentUrl, clientId: 'skc_1', clientSecret: 'in the clear' } },
    'revocation.clientSecret must be a Secret',
  ],
  [
    {
      revocation: {
        introspectionUrl: environmentUrl,
        clientId: 'skc_1',
        clientSecret: new Secret('s'),
        timeoutMs: 0.5,
      },
    },
    'revocation.timeoutMs must be a whole number from 1',
  ],
])('%j is a TypeError that names the option and its form', (wrong, message) => {
  const options = { ...right, ...Object(wrong) } as ProtectOptions
  expect(() => createProtection(options)).toThrow(TypeError)
  expect(() => createProtection(options)).toThrow(message)
})

test('an option that is undefined is absent', () => {
  const options = { ...right, issuers: undefined, limits: { perMinute: undefined }, name: undefined }
  expect(() => createProtection(options).close()).not.toThrow()
})
