import { afterAll, beforeAll, expect, test } from 'vitest'
import { itemsOf, type ServerUnderTest, startServerUnderTest } from './server-under-test.js'

let server: ServerUnderTest
let token: string
beforeAll(async () => {
  server = await startServerUnderTest({ REQUESTS_PER_MINUTE: '10000' })
  token = await server.token({ scopes: [] })
})
afterAll(() => server.close())

const questions = {
  'saaskit-complete/organizations': [
    'How many organizations are in an environment, and which lack an external id?',
    'onboard a customer: organization, admin user',
    'delete an organization',
    'delete several organizations',
    'search organizations by name',
  ],
  'saaskit-complete/users': [
    'add a user without an invitation e-mail',
    'which users have pending invitations',
    'resend invitation',
    'invite a user',
    'remove a user from an organization',
  ],
  'saaskit-complete/roles': [
    'create a role that can only read projects and assign it to a user',
    'roles and permissions',
    'default role',
  ],
  'saaskit-complete/app-urls': [
    'our app moved to another domain',
    'change redirect URIs callback post-logout initiate login url',
    'redirect uri mismatch',
  ],
  'saaskit-complete/sessions': [
    'sessions',
    'logout',
    'How do I sign a user out?',
    'limit sessions of an organization to 8 hours',
    'revoke all sessions of a user',
    'refresh token',
  ],
  'saaskit-complete/webhooks': [
    'webhooks',
    'webhook',
    'How do I verify a webhook signature?',
    'webhook retries',
    'which events can webhooks send',
    'test webhooks locally',
  ],
  'saaskit-complete/sign-in': ['authorization url prompt create', 'handle the callback code exchange'],
  'enterprise-sso--scim/single-sign-on': [
    'SSO',
    'SAML',
    'set up OIDC single sign-on with Okta',
    'everybody with our domain uses SSO',
    'require SSO for a domain',
    'IdP-initiated login',
    'just-in-time provisioning',
    'Why can a user not sign in with SSO?',
  ],
  'enterprise-sso--scim/directories': [
    'SCIM',
    'SCIM directory from Okta endpoint and token',
    'provision users from Entra ID with SCIM',
    'directory sync groups roles',
  ],
  'enterprise-sso--scim/admin-portal': [
    'a link for the IT admin to set up SCIM themselves',
    'admin portal link',
    'embed the admin portal',
  ],
  'm2m-authentication/machine-clients': [
    'm2m',
    'machine-to-machine client with scope',
    'client credentials token for a service',
    'rotate the secret of a machine client',
  ],
  'm2m-authentication/api-keys': ['API key'],
  'mcp-authentication/mcp-servers': [
    'MCP',
    'register our MCP server with two scopes',
    'What do I configure in my MCP server?',
    'MCP server authentication',
    'dynamic client registration',
    'mcp client gets 401',
  ],
  'agentkit/connected-accounts': [
    'connected accounts',
    'agent reads gmail for a user',
    'connected account expired',
  ],
  'quickstart-collection/credentials': [
    '.env file of an environment with client id and secret',
    'rotate the client secret of our app',
  ],
  'quickstart-collection/workspace': ['Why may a viewer not create an organization? permission denied'],
  'api-and-sdks/api': ['pagination page token', 'rate limit'],
}
const cases = Object.entries(questions).flatMap(([page, each]) =>
  each.map((question) => ({ question, page })),
)

test.each(cases)('“$question” leads to $page', async ({ question, page }) => {
  const answer = await server.call('2026-07-28', 'search_docs', { query: question, limit: 3 }, { token })
  const [first] = itemsOf(answer)
  expect(first?.url).toBe(`${server.local.url}/docs/${page}.md`)
})

test('the address of a result opens its page', async () => {
  for (const page of Object.keys(questions)) {
    const response = await fetch(`${server.local.url}/docs/${page}.md`)
    expect([page, response.status, (await response.text()).slice(0, 2)]).toEqual([page, 200, '# '])
  }
})

test('every method of the SDK in an example exists', async () => {
  const sdk = server.sdk('env_100000000000000001') as unknown as Record<string, unknown>
  const called = new Set<string>()
  for (const page of Object.keys(questions)) {
    const text = await (await fetch(`${server.local.url}/docs/${page}.md`)).text()
    for (const [, path = ''] of text.matchAll(/\bscalekit\.([a-zA-Z0-9.]+)\(/g)) called.add(path)
  }
  const missing = [...called].filter((path) => {
    const method = path
      .split('.')
      .reduce<unknown>((from, name) => (from as Record<string, unknown>)?.[name], sdk)
    return typeof method !== 'function'
  })
  expect(called.size).toBeGreaterThan(25)
  expect(missing).toEqual([])
})

test.each([
  'docs/saaskit-complete/nothing.md',
  'docs/nothing/users.md',
  'docs/_llms-txt/nothing.txt',
  'docs/..%2f/package.md',
])('%s is not found', async (path) => {
  expect((await fetch(`${server.local.url}/${path}`)).status).toBe(404)
})
