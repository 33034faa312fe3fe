import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eras, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

const DEV = 'env_100000000000000001'
const PRD = 'env_100000000000000002'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('whoami over %s', (era) => {
  const whoami = async (request: Record<string, unknown> = {}, query = '') =>
    (await server.call(era, 'whoami', {}, { token: await server.token(request), query })).result

  test('tells the person, the role, the client and the scopes of the token', async () => {
    const result = await whoami({ scopes: ['environment:read', 'organization:write'] })
    expect(result).toMatchObject({
      subject: expect.stringMatching(/^usr_/),
      email: 'admin@example.com',
      name: 'Ada Admin',
      roles: ['ADMIN'],
      isAdministrator: true,
      administratorRule: 'the workspace role ADMIN',
      issuer: `${server.local.url}/workspace`,
      scopes: ['environment:read', 'organization:write'],
      mode: 'workspace',
      readOnly: false,
    })
    expect(Date.parse(String(result?.expiresAt))).toBeGreaterThan(Date.now())
  })

  test('a client without a person is nobody to read', async () => {
    const token = await server.token({ subject: undefined, client_id: 'm2m_service', scopes: [] })
    const asked = await server.upstreamRequests()
    const { result } = await server.call(era, 'whoami', {}, { token })
    expect(result).toMatchObject({ subject: 'm2m_service', clientId: 'm2m_service' })
    expect(result).not.toHaveProperty('email')
    expect(await server.upstreamRequests()).toBe(asked)
  })

  test('a member with the role USER does not administer', async () => {
    expect(await whoami({ subject: 'viewer@example.com' })).toMatchObject({
      email: 'viewer@example.com',
      roles: ['USER'],
      isAdministrator: false,
    })
  })

  test('lists the environments that the connection reaches, for who may read them', async () => {
    const both = [
      { id: DEV, name: 'Development', type: 'DEV' },
      { id: PRD, name: 'Production', type: 'PRD' },
    ]
    expect((await whoami())?.environments).toEqual(expect.arrayContaining(both))
    expect((await whoami({}, `?environment=${PRD}`))?.environments).toEqual(both.slice(1))
    expect(await whoami({ scopes: ['organization:read'] })).not.toHaveProperty('environments')
  })

  test('says where the type of an environment is assumed', async () => {
    const body = JSON.stringify({
      environments: [{ id: 'env_9', display_name: 'Staging', domain: 'x.example' }],
    })
    const answered = await fetch(`${server.local.url}/__local/faults`, {
      method: 'POST',
      headers: { 'x-scalekit-local': '1', 'content-type': 'application/json' },
      body: JSON.stringify({ match: { path: 'ListEnvironment' }, body }),
    })
    expect(answered.ok).toBe(true)
    expect((await whoami())?.environments).toEqual([
      { id: 'env_9', name: 'Staging', type: 'PRD', typeAssumed: 'Scalekit does not say its type' },
    ])
  })

  test('lists the toolsets of the connection, and the URL that has the others too', async () => {
    const result = await whoami()
    expect(result?.toolsets).toContain('organizations')
    expect(result?.toolsetsLeftOut).toEqual(['permissions', 'sessions', 'audit'])
    const url = String(result?.urlWithAllToolsets)
    expect(url).toBe(`${server.url}?toolsets=default,permissions,sessions,audit`)
    const more = await whoami({}, new URL(url).search)
    expect(more).toMatchObject({ toolsetsLeftOut: [] })
    expect(more).not.toHaveProperty('urlWithAllToolsets')
    const narrow = await whoami({}, `?toolsets=workspace&readonly=true&environment=${DEV}`)
    expect(narrow).toMatchObject({ readOnly: true, toolsets: ['workspace'] })
    expect(narrow?.urlWithAllToolsets).toMatch(
      /\?toolsets=workspace,environments,.*&readonly=true&environment=env_\d+$/,
    )
  })

  test('says how to get the scopes that are missing', async () => {
    const person = await whoami({ scopes: ['environment:read', 'organization:write'] })
    expect(person?.howToGetMore).toEqual([
      expect.stringMatching(
        /^Scopes workspace:read workspace:write environment:write organization:read: .*sign in .*again/,
      ),
    ])
    const client = await whoami({ subject: undefined, client_id: 'm2m_service', scopes: [] })
    expect(client?.howToGetMore).toEqual([expect.stringMatching(/registration of the client m2m_service/)])
    expect(await whoami()).not.toHaveProperty('howToGetMore')
  })

  test('says which role is missing, and who can give it, in place of scopes that write', async () => {
    const subject = 'viewer@example.com'
    const toWrite =
      /^To write: needs the workspace role ADMIN; the role of this caller is USER\. Ask an ADMIN .*: admin@example\.com\. Signing in again .* does not help\.$/
    const lacking = await whoami({ subject, scopes: ['workspace:read', 'environment:read'] })
    expect(lacking?.howToGetMore).toEqual([
      expect.stringMatching(toWrite),
      expect.stringMatching(/^Scopes organization:read: .*sign in .*again/),
    ])
    expect((await whoami({ subject }))?.howToGetMore).toEqual([expect.stringMatching(toWrite)])
    expect((await whoami({ subject }, '?readonly=true'))?.howToGetMore).toEqual([
      expect.stringMatching(toWrite),
    ])
    expect(JSON.stringify((await whoami({ subject, scopes: [] }))?.howToGetMore)).not.toContain('@')
  })

  test('says how to write on a connection that only reads', async () => {
    const query = `?toolsets=workspace,organizations&readonly=true&environment=${DEV}`
    const howToGetMore = (await whoami({}, query))?.howToGetMore as string[] | undefined
    expect(howToGetMore).toHaveLength(1)
    const [toWrite] = howToGetMore ?? []
    const url = `${server.url}?toolsets=workspace,organizations&environment=${DEV}`
    expect(toWrite).toMatch(/^To write: /)
    expect(toWrite?.split(' ').at(-1)).toBe(url)
    expect(await whoami({}, new URL(url).search)).toMatchObject({ readOnly: false })
    const { error } = await server.call(era, 'create_organization', { name: 'No' }, { query })
    expect(error).toMatchObject({ code: 'tool_not_available', nextStep: expect.stringContaining(url) })
  })

  test('needs no scope', async () => {
    expect(await whoami({ scopes: [] })).toMatchObject({ scopes: [], email: 'admin@example.com' })
  })

  test('refuses an argument, since it has none', async () => {
    expect((await server.call(era, 'whoami', { verbose: true })).error).toMatchObject({
      code: 'invalid_arguments',
      message: '"verbose" is not an argument of this tool.',
    })
  })
})
