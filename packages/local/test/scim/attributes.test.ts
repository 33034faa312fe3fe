import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createLocalScalekit, type LocalScalekit } from '../../src/index.js'
import { emptyStorage } from '../empty-storage.js'
import { ENTERPRISE, GROUP, type OpenDirectory, openDirectory, USER } from './open-directory.js'

let local: LocalScalekit
let directory: OpenDirectory
beforeAll(async () => {
  local = await createLocalScalekit({ ...(await emptyStorage()), port: 0 })
})
beforeEach(async () => {
  await local.reset()
  directory = await openDirectory(local)
})
afterAll(() => local.close())

const ana = {
  schemas: [USER, ENTERPRISE],
  userName: 'ana@corp.example',
  name: { givenName: 'Ana', familyName: 'Almeida' },
  displayName: 'Ana',
  title: 'Dr',
  emails: [
    { value: 'ana@corp.example', type: 'work', primary: true },
    { value: 'ana@home.example', type: 'home' },
  ],
  [ENTERPRISE]: { department: 'Sales', manager: { value: '7', displayName: 'Max' } },
  active: true,
}
const create = async (user: object = ana) => {
  const { status, body } = await directory.scim('POST', '/Users', user)
  expect(status, JSON.stringify(body)).toBe(201)
  return body
}
/** What a stored user has of these attributes, and nothing else that the client can set. */
const stored = async (id: string) => {
  const {
    id: _id,
    meta: _meta,
    groups: _groups,
    ...rest
  } = (await directory.scim('GET', `/Users/${id}`)).body
  return rest
}

describe('extension attributes', () => {
  it.each<[string, unknown, object | undefined]>([
    [`${ENTERPRISE}:department`, 'R&D', { department: 'R&D' }],
    [`${ENTERPRISE.toUpperCase()}:Department`, 'R&D', { department: 'R&D' }],
    [`${ENTERPRISE}:employeeNumber`, '701984', { employeeNumber: '701984' }],
    [`${ENTERPRISE}:manager`, '26118915', { manager: { value: '26118915' } }],
    [`${ENTERPRISE}:manager`, { value: '26118915' }, { manager: { value: '26118915' } }],
    [`${ENTERPRISE}:manager`, [{ value: '26118915' }], { manager: { value: '26118915' } }],
    [`${ENTERPRISE}:manager.value`, '26118915', { manager: { value: '26118915' } }],
    [`${ENTERPRISE}:manager.displayName`, 'Max', { manager: { displayName: 'Max' } }],
    [ENTERPRISE, { Department: 'R&D' }, { department: 'R&D' }],
    [`${ENTERPRISE}:department`, null, undefined],
  ])('are set at %s to %j', async (path, value, expected) => {
    const schemas = [USER, ...(expected ? [ENTERPRISE] : [])]
    for (const op of ['add', 'Replace']) {
      for (const operation of [
        { op, path, value },
        { op, value: { [path]: value } },
      ]) {
        const { id } = await create({ userName: 'ben@corp.example' })
        const { status, body } = await directory.change(`/Users/${id}`, operation)
        expect(status, JSON.stringify(body)).toBe(200)
        expect(await stored(id)).toEqual({
          ...{ userName: 'ben@corp.example', active: true, schemas },
          ...(expected && { [ENTERPRISE]: expected }),
        })
        await directory.scim('DELETE', `/Users/${id}`)
      }
    }
  })

  it.each<[string, object | undefined]>([
    [`${ENTERPRISE}:department`, { manager: { value: '7', displayName: 'Max' } }],
    [`${ENTERPRISE}:DEPARTMENT`, { manager: { value: '7', displayName: 'Max' } }],
    [`${ENTERPRISE}:manager`, { department: 'Sales' }],
    [`${ENTERPRISE}:manager.displayName`, { department: 'Sales', manager: { value: '7' } }],
    [ENTERPRISE, undefined],
  ])('are removed at %s', async (path, expected) => {
    const { id } = await create()
    await directory.change(`/Users/${id}`, { op: 'remove', path })
    const user = await stored(id)
    expect(user[ENTERPRISE]).toEqual(expected)
    expect(user.schemas).toEqual([USER, ...(expected ? [ENTERPRISE] : [])])
  })

  it('are read from a new user by their qualified names', async () => {
    const { id } = await create({
      userName: 'ben@corp.example',
      [`${ENTERPRISE}:department`]: 'R&D',
      [`${USER}:title`]: 'Dr',
    })
    expect(await stored(id)).toMatchObject({
      ...{ schemas: [USER, ENTERPRISE], title: 'Dr' },
      [ENTERPRISE]: { department: 'R&D' },
    })
  })

  it.each(['urn:ietf:params:scim:schemas:extension:Shoes:2.0:User', 'urn:okta:acme:1.0:user:custom'])(
    'may be in a schema that nobody knows: %s',
    async (urn) => {
      const { id } = await create({
        schemas: [USER, urn],
        userName: 'ben@corp.example',
        [urn]: { size: '44' },
      })
      await directory.change(`/Users/${id}`, { op: 'add', path: `${urn}:color`, value: 'red' })
      await directory.change(`/Users/${id}`, { op: 'replace', value: { [`${urn}:size`]: '45' } })
      expect(await stored(id)).toMatchObject({ schemas: [USER, urn], [urn]: { size: '45', color: 'red' } })
      await directory.change(`/Users/${id}`, { op: 'remove', path: urn })
      expect((await stored(id)).schemas).toEqual([USER])
    },
  )
})

describe('null', () => {
  it.each(['title', 'name', 'emails', 'externalId', 'active', 'displayName', ENTERPRISE, 'shoeSize'])(
    'unassigns %s',
    async (name) => {
      const { id } = await create({ ...ana, externalId: 'x', shoeSize: '44', [name]: null })
      const expected = name === 'active' ? true : undefined
      expect((await stored(id))[name]).toEqual(expected)
      for (const operation of [
        { op: 'replace', path: name, value: null },
        { op: 'add', value: { [name]: null } },
        { op: 'replace', value: { [name]: null } },
      ]) {
        await directory.scim('PUT', `/Users/${id}`, { ...ana, externalId: 'x', shoeSize: '44' })
        expect(await directory.change(`/Users/${id}`, operation)).toMatchObject({ status: 200 })
        expect((await stored(id))[name]).toEqual(expected)
      }
    },
  )

  it('unassigns what it is inside of, and nothing else', async () => {
    const { id } = await create({
      ...{ userName: 'ben@corp.example', name: { givenName: 'Ben', familyName: null } },
      ...{ emails: [null, { value: 'ben@corp.example', display: null }], phoneNumbers: [] },
      ...{ addresses: [{ country: null }], [ENTERPRISE]: { department: null } },
    })
    expect(await stored(id)).toEqual({
      ...{ schemas: [USER], userName: 'ben@corp.example', active: true },
      ...{ name: { givenName: 'Ben' }, emails: [{ value: 'ben@corp.example' }] },
    })
    await directory.change(`/Users/${id}`, {
      ...{ op: 'replace', path: 'name' },
      value: { givenName: null, familyName: 'Bauer' },
    })
    expect((await stored(id)).name).toEqual({ familyName: 'Bauer' })
  })

  it('does not take the place of what is required', async () => {
    expect((await directory.scim('POST', '/Users', { userName: null })).status).toBe(400)
    expect((await directory.scim('POST', '/Groups', { displayName: null })).status).toBe(400)
    const { id } = await create()
    for (const operation of [
      { op: 'remove', path: 'userName' },
      { op: 'replace', path: 'userName', value: null },
    ])
      expect(await directory.change(`/Users/${id}`, operation)).toMatchObject({
        ...{ status: 400, body: { scimType: 'mutability' } },
      })
  })

  it('leaves a group without members', async () => {
    const { body } = await directory.scim('POST', '/Groups', {
      displayName: 'X',
      members: null,
      externalId: null,
    })
    expect(body).toMatchObject({ schemas: [GROUP], displayName: 'X', members: [] })
  })
})

describe('booleans as text', () => {
  it.each<[unknown, boolean]>([
    ['True', true],
    ['true', true],
    ['FALSE', false],
    ['False', false],
    [false, false],
  ])('are booleans where the schema has them: %j', async (value, expected) => {
    const { id } = await create({
      ...{ userName: 'true', displayName: 'True', title: 'false', active: value },
      emails: [{ value: 'False', primary: value }],
      roles: [{ value: 'a', primary: value }],
    })
    const user = {
      ...{ userName: 'true', displayName: 'True', title: 'false', active: expected },
      ...{ emails: [{ value: 'False', primary: expected }], roles: [{ value: 'a', primary: expected }] },
    }
    expect(await stored(id)).toMatchObject(user)
    await directory.change(
      `/Users/${id}`,
      { op: 'Replace', path: 'active', value },
      { op: 'Add', path: 'displayName', value: 'True' },
      { op: 'Add', path: 'name.givenName', value: 'False' },
      { op: 'Replace', path: 'emails[value eq "False"].primary', value },
      { op: 'Replace', path: 'roles', value: [{ value: 'a', primary: value }] },
    )
    expect(await stored(id)).toMatchObject({ ...user, name: { givenName: 'False' } })
  })

  it.each<[object]>([
    [{ active: 'yes' }],
    [{ active: 1 }],
    [{ emails: [{ value: 'a@b.example', primary: 'maybe' }] }],
    [{ title: 5 }],
    [{ displayName: true }],
    [{ name: 'Ana' }],
    [{ emails: [{ value: 5 }] }],
    [
      {
        roles: [
          { value: 'a', primary: true },
          { value: 'b', primary: true },
        ],
      },
    ],
  ])('and other values of another type are refused: %j', async (attributes) => {
    const refused = { status: 400, body: { scimType: 'invalidValue' } }
    expect(await directory.scim('POST', '/Users', { ...ana, ...attributes })).toMatchObject(refused)
    const { id } = await create()
    expect(await directory.change(`/Users/${id}`, { op: 'replace', value: attributes })).toMatchObject(
      refused,
    )
    expect(await directory.scim('PUT', `/Users/${id}`, { ...ana, ...attributes })).toMatchObject(refused)
    expect(await stored(id)).toEqual(ana)
  })
})

describe('an invalid value', () => {
  const long = 'x'.repeat(256)
  it.each<[string, object, string]>([
    ['Users', {}, 'userName: send text of 1 to 255 characters.'],
    ['Users', { userName: null }, 'userName: send text of 1 to 255 characters.'],
    ['Users', { userName: '' }, 'userName: send text of 1 to 255 characters.'],
    ['Users', { userName: long }, 'userName: send text of 1 to 255 characters.'],
    ['Users', { userName: 5 }, 'userName: send text.'],
    ['Users', { userName: 'a', externalId: long }, 'externalId: send text of at most 255 characters.'],
    ['Users', { userName: 'a', active: 'yes' }, 'active: send true or false.'],
    ['Users', { userName: 'a', name: 'Ana' }, 'name: send an object.'],
    ['Users', { userName: 'a', name: { givenName: 5 } }, 'name.givenName: send text.'],
    ['Users', { userName: 'a', emails: [{ value: 5 }] }, 'emails.value: send text.'],
    [
      'Users',
      { externalId: long, emails: [{ type: 'work' }] },
      'userName: send text of 1 to 255 characters; externalId: send text of at most 255 characters.',
    ],
    ['Groups', {}, 'displayName: send text of 1 to 255 characters.'],
    ['Groups', { displayName: 'a', members: [{ value: true }] }, 'members.value: send text.'],
    [
      'Groups',
      { displayName: 'a', members: [{ value: 'x' }] },
      'members: there is no user x. Send the ids of users of this directory.',
    ],
  ])('in %s is named, with what to send: %j', async (kind, body, detail) => {
    const refused = { status: 400, body: { scimType: 'invalidValue', detail } }
    expect(await directory.scim('POST', `/${kind}`, body)).toMatchObject(refused)
  })

  it('of a PATCH is named too', async () => {
    const { id } = await create()
    const detailOf = async (path: string, value: unknown) =>
      (await directory.change(`/Users/${id}`, { op: 'replace', path, value })).body.detail
    expect(await detailOf('name.givenName', 5)).toBe('name.givenName: send text.')
    expect(await detailOf('emails[type eq "work"].value', 5)).toBe('emails.value: send text.')
    expect(await detailOf('userName', 'x'.repeat(256))).toBe('userName: send text of 1 to 255 characters.')
    const both = [1, 2].map((one) => ({ value: `${one}@b.example`, primary: true }))
    expect(await detailOf('emails', both)).toBe('emails.primary: send true for one entry only.')
  })
})

describe('an externalId', () => {
  it('is the business of the client', async () => {
    const first = await create({ userName: 'a', externalId: 'same' })
    const second = await create({ userName: 'b', externalId: 'same' })
    const third = await create({ userName: 'c' })
    expect(
      await directory.change(`/Users/${third.id}`, { op: 'add', path: 'externalId', value: 'same' }),
    ).toMatchObject({ status: 200, body: { externalId: 'same' } })
    const filter = encodeURIComponent('externalId eq "same"')
    const { body } = await directory.scim('GET', `/Users?filter=${filter}`)
    expect(body.Resources.map(({ id }) => id)).toEqual([first.id, second.id, third.id])
    for (const displayName of ['X', 'Y'])
      expect((await directory.scim('POST', '/Groups', { displayName, externalId: 'same' })).status).toBe(201)
  })
})
