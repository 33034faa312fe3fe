import type { Scalekit } from '@scalekit-sdk/node'
import * as connections from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/connections/connections_pb.js'
import * as directories from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/directories/directories_pb.js'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { SDK_METHODS } from '../../src/dashboard/code/sdk-calls.js'
import { DEV, GLOBEX, type Local, startLocal } from '../api/local.js'

let local: Local
beforeAll(async () => {
  local = await startLocal()
})
beforeEach(() => local.reset())
afterAll(() => local.close())

const sdk = () => local.sdk(DEV)

interface Shown {
  readonly name: string
  readonly text: string
}

/** The code on the page of an object. */
async function codeAt(path: string): Promise<Shown[]> {
  const response = await fetch(`${local.url}/dashboard/${DEV}${path}`)
  const page = await response.text()
  expect(response.status, page).toBe(200)
  const blocks = page.matchAll(
    /<div class="code-block">.*?<h3>([\w ]+?)\s*(?:<|$).*?<pre[^>]*>(.*?)<\/pre>/gs,
  )
  return [...blocks].map(([, name = '', text = '']) => ({ name: name.trim(), text: unescaped(text) }))
}

function unescaped(html: string): string {
  return html
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
}

/** Runs code as a module would, with the names that it imports from the SDK. An answer over HTTP has to be a success. */
async function run(text: string): Promise<unknown> {
  const names = {
    scalekit: sdk(),
    fetch: async (...request: Parameters<typeof fetch>) => {
      const answer = await fetch(...request)
      expect(answer.status, await answer.clone().text()).toBeLessThan(300)
      return answer
    },
  }
  const imported = [...text.matchAll(/^import \{ ([^}]+) \} from '([^']+)'$/gm)].flatMap(
    ([, list = '', from = '']) =>
      list
        .split(', ')
        .map((name) => [name, Reflect.get(from.includes('connections') ? connections : directories, name)]),
  )
  const scope = { ...names, ...Object.fromEntries(imported) }
  const body = text.replace(/^import .*$/gm, '').trim()
  const AsyncFunction = (async () => {}).constructor as new (
    ...args: string[]
  ) => (...values: unknown[]) => Promise<unknown>
  return new AsyncFunction(...Object.keys(scope), `return ${body}`)(...Object.values(scope))
}

async function rest(method: string, path: string, body: unknown) {
  const answer = await local.rest(method, `/${DEV}/api/v1${path}`, { token: await local.client(DEV), body })
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300)
  return answer.body
}

/** One object of each kind, with something in every field that its creation takes, and where its page is. */
const OBJECTS: Readonly<Record<string, () => Promise<string>>> = {
  async organization() {
    const options = { externalId: "o'hara", slug: 'hooli', logoUrl: 'https://hooli.example/logo.png' }
    const { organization } = await sdk().organization.createOrganization('Hooli "X"\\', options)
    return `/organizations/${organization?.id}`
  },
  async 'organization with metadata'() {
    const { organization } = await rest('POST', '/organizations', {
      display_name: 'Hooli',
      metadata: { plan: 'pro' },
    })
    return `/organizations/${organization.id}`
  },
  async user() {
    const { user } = await sdk().user.createUserAndMembership(GLOBEX, {
      ...{ email: 'hal@globex.example', externalId: 'hal', sendInvitationEmail: false },
      ...{ userProfile: { firstName: 'Hal', lastName: 'Hall' }, metadata: { team: 'core' } },
    })
    return `/users/${user?.id}`
  },
  async membership() {
    const { user } = await sdk().user.createUserAndMembership(GLOBEX, { email: 'hal@globex.example' })
    const options = { roles: ['guest'], sendInvitationEmail: false, metadata: { plan: 'pro' } }
    await sdk().user.createMembership('org_100000000000000001', user?.id ?? '', options)
    return `/organizations/org_100000000000000001/members/${user?.id}`
  },
  async role() {
    const role = { name: 'editor', displayName: 'Editor', description: 'Edits', extends: 'guest' }
    await sdk().role.createRole({ ...role, permissions: ['projects:write'] } as never)
    return '/roles/editor'
  },
  async 'role of an organization'() {
    const role = { name: 'editor', displayName: 'Editor', permissions: ['projects:write'] }
    await sdk().role.createOrganizationRole(GLOBEX, role as never)
    return `/organizations/${GLOBEX}/roles/editor`
  },
  async permission() {
    await sdk().permission.createPermission({ name: 'tasks:read', description: 'See tasks' } as never)
    return '/permissions/tasks%3Aread'
  },
  async connection() {
    const { connection } = await rest('POST', `/organizations/${GLOBEX}/connections`, {
      ...{ type: 'OIDC', provider: 'OKTA', key_id: 'globex-okta' },
    })
    return `/organizations/${GLOBEX}/connections/${connection.id}`
  },
  async 'connection of the environment'() {
    const { connection } = await rest('POST', '/connections', {
      ...{ type: 'OAUTH', provider: 'GITHUB', key_id: 'social' },
    })
    return `/connections/${connection.id}`
  },
  async 'connection of agents'() {
    return '/connections/conn_100000000000000003'
  },
  async directory() {
    const { directory } = await rest('POST', `/organizations/${GLOBEX}/directories`, {
      ...{ directory_type: 'SCIM', directory_provider: 'OKTA' },
    })
    return `/organizations/${GLOBEX}/directories/${directory.id}`
  },
  async domain() {
    const { domain } = await sdk().domain.createDomain(GLOBEX, 'labs.globex.example', {
      domainType: 'ALLOWED_EMAIL_DOMAIN',
    })
    return `/organizations/${GLOBEX}/domains/${domain?.id}`
  },
  async client() {
    const { client } = await rest('POST', '/clients', {
      ...{ client_type: 'SPA', name: 'Pages', post_login_uris: ['http://localhost:4000/back'] },
    })
    return `/clients/${client.id}`
  },
  async 'client of an organization'() {
    const { client } = await sdk().m2m.createOrganizationClient(GLOBEX, {
      ...{ name: 'Machine', description: 'Works', scopes: ['a:b'], audience: ['https://api.example'] },
      customClaims: { team: 'core' },
    })
    return `/organizations/${GLOBEX}/clients/${client?.clientId}`
  },
  async 'MCP server'() {
    const { resource } = await rest('POST', '/resources', {
      ...{ resource_type: 'MCP_SERVER', name: 'Robots', resource_id: 'https://mcp.globex.example/robots' },
      scopes: ['user:read', 'robots:drive'],
    })
    return `/mcp-servers/${resource.id}`
  },
  async 'client of an MCP server'() {
    const { client } = await rest('POST', '/resources/res_100000000000000002/clients', { name: 'By hand' })
    return `/mcp-servers/res_100000000000000002/clients/${client.client_id}`
  },
}

describe('the code of an object, run as it is shown,', () => {
  it.each(Object.keys(OBJECTS))('reads, deletes and creates: %s', async (name) => {
    const path = (await OBJECTS[name]?.()) ?? ''
    const shown = await codeAt(path)
    const text = (which: string) => shown.find((one) => one.name.startsWith(which))?.text
    expect(shown.length).toBeGreaterThanOrEqual(2)
    const read = text('Read it')
    if (read !== undefined) await run(read)
    await run(text('Delete it') ?? '')
    // A user stays who leaves one of two organizations.
    if (read !== undefined && name !== 'membership') await expect(run(read)).rejects.toThrow()
    await run(text('Create it') ?? '')
  })

  it('registers a webhook and an interceptor', async () => {
    const headers = { 'x-scalekit-local': '1', 'content-type': 'application/json' }
    const add = async (path: string, body: object) =>
      (await local.rest('POST', `/__local/${path}`, { headers, body })).body.id as string
    const webhook = await add('webhooks', { environment: DEV, url: 'http://localhost:9/hook' })
    const interceptor = await add('interceptors', {
      ...{
        environment: DEV,
        trigger_point: 'PRE_SIGNUP',
        api_url: 'http://localhost:9/ask',
        timeout_ms: 500,
      },
    })
    for (const path of [`/webhooks/${webhook}`, `/interceptors/${interceptor}`]) {
      const [create] = await codeAt(path)
      await run(create?.text ?? '')
    }
    const { endpoints } = (await local.rest('GET', '/__local/webhooks', { headers })).body
    expect(endpoints.map(({ url }: { url: string }) => url)).toEqual(Array(2).fill('http://localhost:9/hook'))
    const { interceptors } = (await local.rest('GET', '/__local/interceptors', { headers })).body
    expect(interceptors.map((one: { timeout_ms: number }) => one.timeout_ms)).toEqual([500, 500])
  })

  it('is left out where the credentials of the environment may not call, or no call creates such an object', async () => {
    expect(await codeAt('/scopes/scp_100000000000000001')).toEqual([])
    const shown = await codeAt('/clients/skc_100000000000000001')
    expect(shown.map(({ name }) => name)).toEqual(['Read it', 'Delete it'])
  })

  it('uses the SDK wherever a page can: every method of the table is shown', async () => {
    const seen = new Set<string>()
    for (const create of Object.values(OBJECTS)) {
      await local.reset()
      for (const { text } of await codeAt(await create()))
        seen.add(/await scalekit\.([\w.]+)\(/.exec(text)?.[1] ?? '')
    }
    const all = Object.values(SDK_METHODS).map(({ method }) => method)
    expect(all.filter((method) => !seen.has(method))).toEqual([])
    expect(all.every((method) => typeof methodOf(sdk(), method) === 'function')).toBe(true)
  })
})

function methodOf(client: Scalekit, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => Reflect.get(Object(value), name), client)
}
