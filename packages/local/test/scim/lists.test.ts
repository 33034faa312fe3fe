import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createLocalScalekit, type LocalScalekit } from '../../src/index.js'
import { emptyStorage } from '../empty-storage.js'
import { ENTERPRISE, type OpenDirectory, openDirectory, USER } from './open-directory.js'

let local: LocalScalekit
let directory: OpenDirectory
let id: string
beforeAll(async () => {
  local = await createLocalScalekit({ ...(await emptyStorage()), port: 0 })
})
beforeEach(async () => {
  await local.reset()
  directory = await openDirectory(local)
  id = (await directory.scim('POST', '/Users', ana)).body.id
})
afterAll(() => local.close())

const work = { value: 'ana@corp.example', type: 'work', primary: true }
const home = { value: 'ana@home.example', type: 'home' }
const admin = { value: 'admin', primary: true }
const viewer = { value: 'viewer', primary: false }
const ana = {
  ...{ userName: 'ana@corp.example', active: true, schemas: [USER], title: 'Dr' },
  ...{ emails: [work, home], roles: [admin, viewer], name: { givenName: 'Ana', familyName: 'Almeida' } },
}

describe('a list of users', () => {
  const found = async (filter: string) => {
    const { status, body } = await directory.scim('GET', `/Users?filter=${encodeURIComponent(filter)}`)
    expect(status, JSON.stringify(body)).toBe(200)
    return body.Resources.map(({ userName }) => String(userName).charAt(0)).join('')
  }
  beforeEach(async () => {
    await directory.scim('POST', '/Users', {
      ...{ userName: 'b\\en"@corp.example', externalId: 'Bé', active: 'False', title: 'Dr' },
      [ENTERPRISE]: { department: 'Sales', manager: { value: '7' } },
    })
  })

  it.each<[string, string]>([
    ['userName eq "ANA@corp.example"', 'a'],
    ['USERNAME Eq "ana@corp.example"', 'a'],
    [`${USER}:userName eq "ana@corp.example"`, 'a'],
    [`${USER.toUpperCase()}:username eq "ana@corp.example"`, 'a'],
    ['userName eq "b\\\\en\\"@corp.example"', 'b'],
    ['userName eq "b\\u005cen\\u0022@corp.example"', 'b'],
    ['externalId eq "Bé"', 'b'],
    ['externalId eq "bé"', ''],
    ['emails.value eq "ana@home.example"', 'a'],
    ['emails eq "ana@home.example"', 'a'],
    ['emails[type eq "work"]', 'a'],
    ['emails[type eq "work" and value eq "ana@home.example"]', ''],
    ['emails[type eq "home"].value eq "ana@home.example"', 'a'],
    ['emails[type eq "work"].value eq "ana@home.example"', ''],
    ['name.familyName sw "al"', 'a'],
    ['title eq "dr" and active eq true', 'a'],
    ['title eq "dr" and active eq "False"', 'b'],
    ['active ne true', 'b'],
    ['not (active eq true)', 'b'],
    ['title pr', 'ab'],
    ['name pr', 'a'],
    ['externalId eq null', 'a'],
    ['nickName ne "x"', 'ab'],
    ['userName eq "x" or title eq "Dr" and active eq true', 'a'],
    ['(userName eq "x" or title eq "Dr") and active eq false', 'b'],
    [`${ENTERPRISE}:department eq "sales"`, 'b'],
    [`${ENTERPRISE}:manager.value eq "7"`, 'b'],
    [`${ENTERPRISE}:manager eq "7"`, 'b'],
    [`${ENTERPRISE}:department pr`, 'b'],
    ['meta.lastModified gt "2001-01-01T00:00:00Z"', 'ab'],
    ['meta.lastModified lt "2001-01-01T00:00:00Z"', ''],
    ['title gt "D"', 'ab'],
    ['shoeSize eq "44"', ''],
    ['password eq "x"', ''],
  ])('is filtered by %s', async (filter, expected) => {
    expect(await found(filter)).toBe(expected)
  })

  it.each([
    'userName eq "\\x"',
    'userName eq "x',
    'userName eq x',
    'userName eq',
    'userName',
    'userName eq "a" "b"',
    'userName eq "a" and',
    '(userName eq "a"',
    'not userName eq "a"',
    'emails[type eq "a"',
    '"userName" eq "a"',
    'active gt true',
    'meta.created gt "yesterday"',
    'a.b.c eq "x"',
    '__proto__ eq "x"',
    '',
    `${'('.repeat(3000)}`,
  ])('is refused for the filter %s', async (filter) => {
    const answer = await directory.scim('GET', `/Users?filter=${encodeURIComponent(filter)}`)
    expect(answer).toMatchObject({ status: 400, body: { scimType: 'invalidFilter' } })
  })

  it('is refused for two filters', async () => {
    const one = encodeURIComponent('userName eq "a"')
    const answer = await directory.scim('GET', `/Users?filter=${one}&filter=${one}`)
    expect(answer).toMatchObject({ status: 400, body: { scimType: 'invalidFilter' } })
  })

  it('is found when the address ends in a slash', async () => {
    const filter = encodeURIComponent('userName eq "ana@corp.example"')
    expect((await directory.scim('GET', `//Users?filter=${filter}`)).body.totalResults).toBe(1)
    expect((await directory.scim('GET', `//Users/${id}`)).body.id).toBe(id)
    expect((await directory.scim('GET', '/Users/')).body.totalResults).toBe(2)
  })
})

describe('an answer', () => {
  const enterprise = { department: 'Sales', manager: { value: '7', displayName: 'Max' } }
  beforeEach(async () => {
    await directory.change(`/Users/${id}`, { op: 'add', value: { [ENTERPRISE]: enterprise } })
  })

  it.each<[string, object]>([
    ['attributes=userName', { userName: ana.userName }],
    ['attributes=USERNAME,name.familyName', { userName: ana.userName, name: { familyName: 'Almeida' } }],
    [`attributes=${USER}:userName`, { userName: ana.userName }],
    ['attributes=emails.value', { emails: [{ value: work.value }, { value: home.value }] }],
    [`attributes=${ENTERPRISE}`, { [ENTERPRISE]: enterprise }],
    [`attributes=${ENTERPRISE}:department`, { [ENTERPRISE]: { department: 'Sales' } }],
    [`attributes=${ENTERPRISE}:manager.displayName`, { [ENTERPRISE]: { manager: { displayName: 'Max' } } }],
    ['attributes=shoeSize', {}],
    ['attributes=userName&attributes=title', { userName: ana.userName, title: 'Dr' }],
    [
      'excludedAttributes=emails,roles,name.givenName,meta,groups',
      {
        ...{ userName: ana.userName, active: true, title: 'Dr', name: { familyName: 'Almeida' } },
        [ENTERPRISE]: enterprise,
      },
    ],
    [
      `excludedAttributes=${USER},meta,id,schemas,${ENTERPRISE}:manager.value`,
      { [ENTERPRISE]: { department: 'Sales', manager: { displayName: 'Max' } } },
    ],
  ])('shows what is asked for with %s', async (query, expected) => {
    const shown = { id, schemas: [USER, ENTERPRISE], ...expected }
    const one = `/Users/${id}?${query}`
    expect((await directory.scim('GET', one)).body).toEqual(shown)
    expect((await directory.scim('GET', `/Users?${query}`)).body.Resources).toEqual([shown])
    expect((await directory.change(one, { op: 'add', path: 'title', value: 'Dr' })).body).toEqual(shown)
    const user = { ...ana, [ENTERPRISE]: enterprise }
    expect((await directory.scim('PUT', one, user)).body).toEqual(shown)
    await directory.scim('DELETE', `/Users/${id}`)
    const created = await directory.scim('POST', `/Users?${query}`, user)
    expect(created).toMatchObject({
      status: 201,
      body: { ...expected, id: expect.stringMatching(/^diruser_/) },
    })
    expect(Object.keys(created.body).sort()).toEqual(Object.keys(shown).sort())
  })

  it('leaves the members of groups out', async () => {
    const group = (await directory.scim('POST', '/Groups', { displayName: 'X', members: [{ value: id }] }))
      .body
    expect(group.members).toMatchObject([{ value: id }])
    for (const path of [`/Groups/${group.id}`, '/Groups']) {
      const { body } = await directory.scim('GET', `${path}?excludedAttributes=members`)
      const [shown] = body.Resources ?? [body]
      expect(shown).toMatchObject({ displayName: 'X' })
      expect(shown).not.toHaveProperty('members')
    }
    const members = encodeURIComponent(`members[value eq "${id}"]`)
    expect((await directory.scim('GET', `/Groups?filter=${members}&attributes=id`)).body.totalResults).toBe(1)
  })

  it('is refused, and nothing made, for what is no name', async () => {
    const user = { userName: 'ben@corp.example' }
    expect((await directory.scim('POST', '/Users?attributes=a.b.c', user)).status).toBe(400)
    expect((await directory.scim('GET', '/Users')).body.totalResults).toBe(1)
  })
})

describe('what a directory says about itself', () => {
  it('is what it does', async () => {
    const types = (await directory.scim('GET', '/ResourceTypes')).body.Resources
    expect(types.map(({ endpoint, schema }) => ({ endpoint, schema }))).toMatchObject([
      { endpoint: '/Users', schema: USER },
      { endpoint: '/Groups' },
    ])
    const schemas = (await directory.scim('GET', '/Schemas')).body.Resources
    expect(schemas.map((schema) => schema.id)).toContain(ENTERPRISE)
    const user = (await directory.scim('GET', `/Schemas/${USER}`)).body
    expect(user.attributes).toContainEqual(
      expect.objectContaining({ name: 'password', mutability: 'writeOnly', returned: 'never' }),
    )
    expect((await directory.scim('GET', '/Schemas/urn:x')).status).toBe(404)
  })
})
