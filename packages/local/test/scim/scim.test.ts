import { Scalekit } from '@scalekit-sdk/node'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createLocalScalekit, type LocalScalekit } from '../../src/index.js'
import { emptyStorage } from '../empty-storage.js'

const DEV = 'env_100000000000000001'
const ACME = 'org_100000000000000001'
const CLIENT = 'skc_100000000000000001'

let local: LocalScalekit
let sdk: Scalekit
let endpoint: string
let secret: string
beforeAll(async () => {
  local = await createLocalScalekit({ ...(await emptyStorage()), port: 0 })
})
beforeEach(async () => {
  await local.reset()
  sdk = new Scalekit(`${local.url}/${DEV}`, CLIENT, 'test_local_secret')
  const api = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${local.url}/${DEV}/api/v1/organizations/${ACME}/directories${path}`, {
      method,
      headers: { authorization: `Bearer ${await sdk.generateClientToken(CLIENT, 'test_local_secret')}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    expect(response.status).toBeLessThan(300)
    return (await response.json()) as {
      directory: { id: string; directory_endpoint: string }
      plain_secret: string
    }
  }
  const { directory } = await api('POST', '', { directory_type: 'SCIM', directory_provider: 'OKTA' })
  endpoint = directory.directory_endpoint
  secret = (await api('POST', `/${directory.id}/secrets`)).plain_secret
  await api('PATCH', `/${directory.id}:enable`)
})
afterAll(() => local.close())

interface Resource {
  id: string
  [name: string]: unknown
}

async function scim(method: string, path: string, body?: unknown, token = secret) {
  const response = await fetch(endpoint + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    body: (text === '' ? {} : JSON.parse(text)) as Resource & { Resources: Resource[]; totalResults: number },
  }
}

const ana = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  userName: 'ana@corp.example',
  externalId: '00u1',
  name: { givenName: 'Ana', familyName: 'Almeida' },
  emails: [{ value: 'ana@corp.example', type: 'work', primary: true }],
  active: true,
}
const patch = (...Operations: unknown[]) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations,
})

describe('users', () => {
  it('are created, and the API lists them', async () => {
    const created = await scim('POST', '/Users', ana)
    expect(created.status).toBe(201)
    expect(created.headers.get('content-type')).toContain('application/scim+json')
    expect(created.headers.get('location')).toBe(`${endpoint}/Users/${created.body.id}`)
    expect(created.body).toMatchObject({
      ...ana,
      id: expect.stringMatching(/^diruser_/),
      meta: { resourceType: 'User' },
    })
    expect((await scim('GET', `/Users/${created.body.id}`)).body).toEqual(created.body)
    const directory = endpoint.split('/').at(-3) ?? ''
    const { users } = await sdk.directory.listDirectoryUsers(ACME, directory)
    expect(users).toMatchObject([{ email: 'ana@corp.example', givenName: 'Ana', familyName: 'Almeida' }])
  })

  it('are found by userName, whatever the case, and in pages', async () => {
    for (const name of ['a', 'b', 'c']) await scim('POST', '/Users', { userName: `${name}@corp.example` })
    const filter = encodeURIComponent('userName eq "B@corp.example"')
    const found = await scim('GET', `/Users?filter=${filter}`)
    expect(found.body).toMatchObject({ totalResults: 1, Resources: [{ userName: 'b@corp.example' }] })
    const page = await scim('GET', '/Users?startIndex=2&count=1')
    expect(page.body).toMatchObject({ totalResults: 3, startIndex: 2, itemsPerPage: 1 })
    expect(page.body.Resources.map(({ userName }) => userName)).toEqual(['b@corp.example'])
  })

  it('are unique', async () => {
    await scim('POST', '/Users', ana)
    const again = await scim('POST', '/Users', { ...ana, userName: 'ANA@corp.example', externalId: '00u2' })
    expect(again).toMatchObject({ status: 409, body: { status: '409', scimType: 'uniqueness' } })
    const other = await scim('POST', '/Users', { ...ana, userName: 'other@corp.example' })
    // The client owns the externalId (RFC 7643, section 3.1).
    expect(other).toMatchObject({ status: 201, body: { externalId: '00u1' } })
  })

  it.each<[string, unknown[], Record<string, unknown>]>([
    ['Okta', [{ op: 'replace', value: { active: false } }], { active: false }],
    ['Entra ID', [{ op: 'Replace', path: 'active', value: 'False' }], { active: false }],
    [
      'a sub-attribute',
      [{ op: 'replace', path: 'name.givenName', value: 'Anna' }],
      { name: { givenName: 'Anna', familyName: 'Almeida' } },
    ],
    [
      'a selected value',
      [{ op: 'replace', path: 'emails[type eq "work"].value', value: 'new@corp.example' }],
      { emails: [{ value: 'new@corp.example', type: 'work', primary: true }] },
    ],
    ['removal', [{ op: 'remove', path: 'name.familyName' }], { name: { givenName: 'Ana' } }],
    [
      'a fully qualified path',
      [{ op: 'add', path: 'urn:ietf:params:scim:schemas:core:2.0:User:title', value: 'Dr' }],
      { title: 'Dr' },
    ],
  ])('are changed as %s asks', async (_name, operations, expected) => {
    const { body } = await scim('POST', '/Users', ana)
    const changed = await scim('PATCH', `/Users/${body.id}`, patch(...operations))
    expect(changed).toMatchObject({ status: 200, body: { id: body.id, ...expected } })
    expect((await scim('GET', `/Users/${body.id}`)).body).toMatchObject(expected)
  })

  it('are replaced and deleted', async () => {
    const { body } = await scim('POST', '/Users', ana)
    const { title, ...rest } = (await scim('PUT', `/Users/${body.id}`, { ...ana, title: 'Dr' })).body
    expect([title, rest.externalId]).toEqual(['Dr', '00u1'])
    expect(
      (await scim('PUT', `/Users/${body.id}`, { userName: 'ana@corp.example' })).body.title,
    ).toBeUndefined()
    expect((await scim('DELETE', `/Users/${body.id}`)).status).toBe(204)
    expect((await scim('GET', `/Users/${body.id}`)).status).toBe(404)
    expect((await scim('DELETE', `/Users/${body.id}`)).status).toBe(404)
  })

  it.each<[unknown, string]>([
    [{}, 'invalidValue'],
    ['{', 'invalidSyntax'],
  ])('are refused when they are %j', async (body, scimType) => {
    expect(await scim('POST', '/Users', body)).toMatchObject({ status: 400, body: { scimType } })
  })

  it.each<[unknown]>([
    [{}],
    [patch({ op: 'move', path: 'active' })],
    [patch({ op: 'remove' })],
    [patch({ op: 'replace', path: '__proto__.x', value: 1 })],
    [patch({ op: 'replace', path: 'a.b.c', value: 1 })],
  ])('are not changed by %j', async (body) => {
    const created = (await scim('POST', '/Users', ana)).body
    expect((await scim('PATCH', `/Users/${created.id}`, body)).status).toBe(400)
    expect((await scim('GET', `/Users/${created.id}`)).body).toEqual(created)
  })
})

describe('groups', () => {
  it('have members, who know their groups', async () => {
    const user = (await scim('POST', '/Users', ana)).body
    const other = (await scim('POST', '/Users', { userName: 'ben@corp.example' })).body
    const group = await scim('POST', '/Groups', { displayName: 'Engineers', members: [{ value: user.id }] })
    expect(group).toMatchObject({ status: 201, body: { displayName: 'Engineers' } })
    const { id } = group.body
    const membersOf = async () =>
      ((await scim('GET', `/Groups/${id}`)).body.members as { value: string }[]).map(({ value }) => value)
    expect((await scim('GET', `/Users/${user.id}`)).body.groups).toMatchObject([
      { value: id, display: 'Engineers' },
    ])
    await scim('PATCH', `/Groups/${id}`, patch({ op: 'add', path: 'members', value: [{ value: other.id }] }))
    expect(await membersOf()).toEqual([user.id, other.id])
    await scim('PATCH', `/Groups/${id}`, patch({ op: 'remove', path: `members[value eq "${user.id}"]` }))
    expect(await membersOf()).toEqual([other.id])
    await scim(
      'PATCH',
      `/Groups/${id}`,
      patch({ op: 'replace', path: 'members', value: [{ value: user.id }] }),
    )
    expect(await membersOf()).toEqual([user.id])
    await scim(
      'PATCH',
      `/Groups/${id}`,
      patch({ op: 'remove', path: 'members', value: [{ value: user.id }] }),
    )
    expect(await membersOf()).toEqual([])
    await scim('PUT', `/Groups/${id}`, { displayName: 'Everybody', members: [{ value: user.id }] })
    const filter = encodeURIComponent('displayName eq "everybody"')
    expect((await scim('GET', `/Groups?filter=${filter}`)).body.totalResults).toBe(1)
    expect((await scim('DELETE', `/Groups/${id}`)).status).toBe(204)
    expect((await scim('GET', `/Users/${user.id}`)).body.groups).toEqual([])
  })

  it('take no member who is not there, and are then not made', async () => {
    const refused = await scim('POST', '/Groups', { displayName: 'X', members: [{ value: 'diruser_1' }] })
    expect(refused.status).toBe(400)
    expect((await scim('GET', '/Groups')).body.totalResults).toBe(0)
  })
})

describe('the members of a group', () => {
  /** A group of three. */
  async function three() {
    const users: string[] = []
    for (const name of ['a', 'b', 'c'])
      users.push((await scim('POST', '/Users', { userName: `${name}@corp.example` })).body.id)
    const members = users.map((value) => ({ value }))
    const { id } = (await scim('POST', '/Groups', { displayName: 'Three', members })).body
    const left = async () =>
      ((await scim('GET', `/Groups/${id}`)).body.members as { value: string }[]).map(({ value }) =>
        'abc'.charAt(users.indexOf(value)),
      )
    return { id, users, left }
  }
  const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group'
  const STRANGER = 'diruser_100000000000000999'

  it.each<[string, (a: string, b: string) => object, string]>([
    ['an object', (a) => ({ path: 'members', value: { value: a } }), 'bc'],
    ['an object with more', (a) => ({ path: 'members', value: { value: a, display: 'A' } }), 'bc'],
    ['a string', (a) => ({ path: 'members', value: a }), 'bc'],
    ['a list of one', (a) => ({ path: 'members', value: [{ value: a }] }), 'bc'],
    ['a list of two', (a, b) => ({ path: 'members', value: [{ value: a }, { value: b }] }), 'c'],
    ['a list of strings', (a, b) => ({ path: 'members', value: [a, b] }), 'c'],
    ['names in another case', (a) => ({ path: 'Members', value: { Value: a } }), 'bc'],
    ['a qualified path', (a) => ({ path: `${GROUP}:members`, value: { value: a } }), 'bc'],
    ['a filter', (a) => ({ path: `members[value eq "${a}"]` }), 'bc'],
    ['a filter in another case', (a) => ({ path: `MEMBERS[Value EQ "${a}"]` }), 'bc'],
    ['a qualified filter', (a) => ({ path: `${GROUP}:members[value eq "${a}"]` }), 'bc'],
    ['two conditions', (a, b) => ({ path: `members[value eq "${a}" or value eq "${b}"]` }), 'c'],
    ['another operator', (a) => ({ path: `members[value ne "${a}"]` }), 'a'],
    ['somebody who is no member', () => ({ path: 'members', value: { value: STRANGER } }), 'abc'],
    ['a string that is no member', () => ({ path: 'members', value: STRANGER }), 'abc'],
    ['a filter that finds nobody', () => ({ path: `members[value eq "${STRANGER}"]` }), 'abc'],
    [
      'a member and a stranger',
      (a) => ({ path: 'members', value: [{ value: a }, { value: STRANGER }] }),
      'bc',
    ],
    ['an empty list', () => ({ path: 'members', value: [] }), 'abc'],
    ['no value, which is all (RFC 7644, section 3.5.2.2)', () => ({ path: 'members' }), ''],
  ])('lose exactly who is removed: %s', async (_how, operation, expected) => {
    const { id, users, left } = await three()
    const [a = '', b = ''] = users
    for (const op of ['Remove', 'remove']) {
      const { status } = await scim('PATCH', `/Groups/${id}`, patch({ op, ...operation(a, b) }))
      expect(status).toBe(200)
    }
    expect((await left()).join('')).toBe(expected)
  })

  it.each<[string, object]>([
    ['an object without a value', { path: 'members', value: {} }],
    ['a list with one of those', { path: 'members', value: [{ display: 'A' }] }],
    ['null as a value', { path: 'members', value: { value: null } }],
    ['an unfinished filter', { path: 'members[value eq "x"' }],
    ['the value of members', { path: 'members.value' }],
    ['no path', { value: { members: [] } }],
  ])('are all left by a removal that is refused: %s', async (_how, operation) => {
    const { id, left } = await three()
    const answer = await scim('PATCH', `/Groups/${id}`, patch({ op: 'remove', ...operation }))
    expect(answer.status).toBe(400)
    expect((await left()).join('')).toBe('abc')
  })

  it('are not lost to a spelling, or to a change of something else', async () => {
    const { id, users, left } = await three()
    const Members = users.map((value) => ({ value }))
    expect((await scim('PUT', `/Groups/${id}`, { DisplayName: 'Three', Members })).status).toBe(200)
    expect((await left()).join('')).toBe('abc')
    await scim('PATCH', `/Groups/${id}`, patch({ op: 'replace', value: { displayName: 'Trio' } }))
    expect((await left()).join('')).toBe('abc')
  })
})

describe('a password', () => {
  const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
  const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
  const SECRET = 'n0b0dy-must-see-this'

  it.each<[string, object]>([
    ['as documented', { password: SECRET }],
    ['in another case', { PassWord: SECRET }],
    ['in upper case', { PASSWORD: SECRET }],
    ['in an extension', { [ENTERPRISE]: { department: 'Sales', password: SECRET } }],
    ['nested', { Operations: [{ data: { password: SECRET, list: [{ Password: SECRET }] } }] }],
    ['with a qualified name', { [`${USER}:password`]: SECRET }],
    ['as an object', { password: { value: SECRET } }],
  ])('is kept nowhere: %s', async (_where, sent) => {
    const answers: unknown[] = []
    const created = await scim('POST', '/Users', { ...ana, ...sent })
    expect(created.status).toBe(201)
    const one = `/Users/${created.body.id}`
    answers.push(created, await scim('PUT', one, { ...ana, ...sent }))
    answers.push(await scim('PATCH', one, patch({ op: 'replace', value: sent })))
    answers.push(await scim('PATCH', one, patch({ op: 'add', value: sent })))
    for (const [path, value] of Object.entries(sent))
      answers.push(await scim('PATCH', one, patch({ op: 'add', path, value })))
    await expectNowhere(answers)
  })

  it.each([
    'password',
    'Password',
    `${USER}:password`,
    `${ENTERPRISE}:password`,
    `${ENTERPRISE}:PASSWORD`,
    'name.password',
    'emails[type eq "work"].password',
    `password[value eq "${SECRET}"]`,
    `emails[password eq "${SECRET}"]`,
  ])('is kept nowhere: with the path %s', async (path) => {
    const { body } = await scim('POST', '/Users', ana)
    const answers: unknown[] = []
    for (const op of ['add', 'replace', 'Replace'])
      answers.push(await scim('PATCH', `/Users/${body.id}`, patch({ op, path, value: SECRET })))
    await expectNowhere(answers)
  })

  it('is kept nowhere in a group either', async () => {
    const created = await scim('POST', '/Groups', { displayName: 'X', password: SECRET })
    await expectNowhere([created])
  })

  /** Neither in the answers, nor in anything that can be read afterwards. */
  async function expectNowhere(answers: unknown[]): Promise<void> {
    const seen: unknown[] = [...answers, await scim('GET', '/Users'), await scim('GET', '/Groups')]
    const directory = endpoint.split('/').at(-3) ?? ''
    const bigint = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value)
    seen.push(await sdk.directory.listDirectoryUsers(ACME, directory, { includeDetail: true }))
    const headers = { 'x-scalekit-local': '1' }
    for (const path of ['state', 'outbox', 'requests', 'webhooks'])
      seen.push(await (await fetch(`${local.url}/__local/${path}`, { headers })).text())
    for (const table of ['directory_users', 'directory_groups', 'events'] as const)
      seen.push(await local.database.db.selectFrom(table).selectAll().execute())
    expect(JSON.stringify(seen, bigint)).not.toContain(SECRET)
  }
})

describe('the endpoint', () => {
  it('asks for the secret of an enabled directory', async () => {
    expect(await scim('GET', '/Users', undefined, 'wrong')).toMatchObject({
      status: 401,
      body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '401' },
    })
    const elsewhere = endpoint.replace(/dir_\d+/, 'dir_100000000000000001')
    const other = await fetch(`${elsewhere}/Users`, { headers: { authorization: `Bearer ${secret}` } })
    expect(other.status).toBe(401)
    await sdk.directory.disableDirectory(ACME, endpoint.split('/').at(-3) ?? '')
    expect((await scim('GET', '/Users')).status).toBe(403)
  })

  it('says what it can, and what it cannot', async () => {
    expect((await scim('GET', '/ServiceProviderConfig')).body).toMatchObject({ patch: { supported: true } })
    expect((await scim('GET', '/Bulk')).status).toBe(404)
  })
})
