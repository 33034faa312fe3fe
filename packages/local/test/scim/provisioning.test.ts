import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Local, startLocal } from '../api/local.js'
import { refresh } from '../api/sign-in.js'
import { ACME, ENTERPRISE, type OpenDirectory, openDirectory } from './open-directory.js'
import { type Provisioned, provisioned } from './provisioned.js'

let local: Local
let directory: OpenDirectory
let here: Provisioned
beforeAll(async () => {
  local = await startLocal()
})
beforeEach(async () => {
  await local.reset()
  directory = await openDirectory(local)
  here = provisioned(local, directory)
})
afterAll(() => local.close())

const EMAIL = 'dana@acme.example'
const dana = {
  ...{ userName: EMAIL, externalId: '00u9', emails: [{ value: EMAIL, type: 'work', primary: true }] },
  name: { givenName: 'Dana', familyName: 'Dias' },
}
const create = async (user: object = dana) => {
  const { status, body } = await directory.scim('POST', '/Users', user)
  expect(status, JSON.stringify(body)).toBe(201)
  return body.id
}
const group = async (displayName: string, ...members: string[]) =>
  (await directory.scim('POST', '/Groups', { displayName, members: members.map((value) => ({ value })) }))
    .body.id
const assign = (...assignments: [group_id: string, role_name: string][]) =>
  directory.assignRoles(assignments.map(([group_id, role_name]) => ({ group_id, role_name })))

describe('a user of a directory', () => {
  it('becomes a user of the environment and a member of the organization', async () => {
    await create()
    expect(await here.user(EMAIL)).toMatchObject({
      email: EMAIL,
      user_profile: { given_name: 'Dana', family_name: 'Dias', preferred_username: EMAIL },
    })
    expect(await here.membership(EMAIL)).toEqual({ status: 'ACTIVE', roles: ['member'] })
    expect(await here.signIn(EMAIL)).toMatchObject({ oid: ACME, roles: ['member'] })
  })

  it.each(['dana@globex.example', 'dana@sub.acme.example', 'dana@acme.example.org', 'dana'])(
    'stays in the directory when the address is not of a domain of the organization: %s',
    async (userName) => {
      await create({ userName })
      expect(await here.user(userName)).toBeUndefined()
      const { users = [] } = await directory.api('GET', `/organizations/${ACME}/users?page_size=100`)
      expect(users).toHaveLength(3)
    },
  )

  it('is the user who has the address already, with the roles that they have', async () => {
    const before = await here.user('ana@acme.example')
    await create({ userName: 'Ana@Acme.example', title: 'Dr' })
    const after = await here.user('ana@acme.example')
    expect(after.id).toBe(before.id)
    expect(await here.membership('ana@acme.example')).toEqual({ status: 'ACTIVE', roles: ['admin'] })
  })

  it('has the profile that the directory sends, until another one writes', async () => {
    const id = await create()
    await directory.change(`/Users/${id}`, {
      op: 'add',
      value: {
        ...{ displayName: 'Dana D.', locale: 'pt-PT', 'name.familyName': 'Duarte' },
        phoneNumbers: [{ value: '+351 1' }, { value: '+351 2', primary: true }],
        photos: [{ value: 'https://acme.example/dana.png', type: 'photo' }],
        [`${ENTERPRISE}:department`]: 'Sales',
      },
    })
    const user = await here.user(EMAIL)
    expect(user.user_profile).toMatchObject({
      ...{ name: 'Dana D.', locale: 'pt-PT', family_name: 'Duarte', phone_number: '+351 2' },
      ...{ picture: 'https://acme.example/dana.png', custom_attributes: { department: 'Sales' } },
    })
    await directory.api('PATCH', `/users/${user.id}`, {
      user_profile: { locale: 'en', custom_attributes: { department: 'Sales', shoe: '44' } },
    })
    await directory.change(
      `/Users/${id}`,
      { op: 'remove', path: 'displayName' },
      { op: 'remove', path: ENTERPRISE },
    )
    const { user_profile } = await here.user(EMAIL)
    expect(user_profile).toMatchObject({ name: 'Dana Duarte', locale: 'pt-PT' })
    expect(user_profile.custom_attributes).toEqual({ shoe: '44' })
  })

  it('has the attributes that are mapped', async () => {
    await create({ ...dana, title: 'Dr', [ENTERPRISE]: { employeeNumber: '7', manager: { value: '8' } } })
    await directory.api('PUT', `${directory.directories}/${directory.id}/attributes`, {
      attributes: [
        { key: 'title', map_to: 'rank' },
        { key: 'employeeNumber', map_to: 'number' },
        { key: 'userName', map_to: 'name' },
      ],
    })
    expect((await here.user(EMAIL)).user_profile).toMatchObject({
      ...{ name: EMAIL, custom_attributes: { rank: 'Dr', number: '7', employeeNumber: '7' } },
    })
  })

  it.each<[string, object]>([
    ['the list of addresses', { op: 'replace', path: 'emails', value: [{ value: 'new@acme.example' }] }],
    ['one of them', { op: 'replace', path: 'emails[type eq "work"].value', value: 'new@acme.example' }],
    ['another domain', { op: 'replace', path: 'emails', value: [{ value: 'new@globex.example' }] }],
  ])('keeps the e-mail address: %s', async (_what, operation) => {
    const id = await create()
    const refused = await directory.change(`/Users/${id}`, operation)
    expect(refused).toMatchObject({ status: 400, body: { scimType: 'mutability' } })
    expect((await directory.scim('GET', `/Users/${id}`)).body).toMatchObject(dana)
    expect(await here.user('new@acme.example')).toBeUndefined()
    expect(
      (await directory.scim('PUT', `/Users/${id}`, { ...dana, userName: 'dd@acme.example' })).status,
    ).toBe(200)
  })

  it.each<[string, (id: string) => Promise<unknown>]>([
    ['deactivated', (id) => directory.change(`/Users/${id}`, { op: 'replace', value: { active: false } })],
    [
      'deactivated as text',
      (id) => directory.change(`/Users/${id}`, { op: 'Replace', path: 'active', value: 'False' }),
    ],
    ['replaced', (id) => directory.scim('PUT', `/Users/${id}`, { ...dana, active: false })],
    ['deleted', (id) => directory.scim('DELETE', `/Users/${id}`)],
  ])('has no access from the moment that they are %s', async (_how, end) => {
    const id = await create()
    const { access_token, refresh_token } = await here.signIn(EMAIL)
    expect(await here.introspects(access_token)).toBe(true)
    await end(id)
    expect(await here.membership(EMAIL)).toMatchObject({ status: 'INACTIVE' })
    expect(await here.introspects(access_token)).toBe(false)
    expect(await refresh(local, refresh_token)).toBe(400)
  })

  it('has access again when they are active again, or are sent again', async () => {
    const id = await create()
    await assign([await group('Admins', id), 'admin'])
    const active = (value: boolean) =>
      directory.change(`/Users/${id}`, { op: 'replace', path: 'active', value })
    await active(false)
    await active(true)
    expect(await here.membership(EMAIL)).toEqual({ status: 'ACTIVE', roles: ['admin'] })
    await directory.scim('DELETE', `/Users/${id}`)
    await create()
    expect(await here.membership(EMAIL)).toEqual({ status: 'ACTIVE', roles: ['member'] })
    expect(await here.signIn(EMAIL)).toMatchObject({ oid: ACME })
  })

  it('has no role of a group that they left while they were inactive', async () => {
    const id = await create()
    const admins = await group('Admins', id)
    await assign([admins, 'admin'])
    await directory.change(`/Users/${id}`, { op: 'replace', path: 'active', value: false })
    await directory.change(`/Groups/${admins}`, { op: 'remove', path: 'members', value: [{ value: id }] })
    await directory.change(`/Users/${id}`, { op: 'replace', path: 'active', value: true })
    expect(await here.membership(EMAIL)).toEqual({ status: 'ACTIVE', roles: ['member'] })
  })

  it('is not provisioned before they are active', async () => {
    const id = await create({ ...dana, active: false })
    expect(await here.user(EMAIL)).toBeUndefined()
    await directory.change(`/Users/${id}`, { op: 'replace', path: 'active', value: 'True' })
    expect(await here.membership(EMAIL)).toEqual({ status: 'ACTIVE', roles: ['member'] })
  })

  it('is refused when the organization is full', async () => {
    await directory.api('PATCH', `/organizations/${ACME}/settings/usermanagement`, {
      settings: { max_allowed_users: 3 },
    })
    expect(await directory.scim('POST', '/Users', dana)).toMatchObject({ status: 400 })
    expect((await directory.scim('GET', '/Users')).body.totalResults).toBe(0)
  })
})

describe('a group of a directory', () => {
  it('gives its members the roles that are assigned to it', async () => {
    const id = await create()
    const admins = await group('Admins', id)
    const guests = await group('Guests')
    await assign([admins, 'admin'], [guests, 'guest'])
    const roles = async () => (await here.membership(EMAIL))?.roles
    expect(await roles()).toEqual(['admin'])
    await directory.change(`/Groups/${guests}`, { op: 'add', path: 'members', value: [{ value: id }] })
    expect(await roles()).toEqual(['admin', 'guest'])
    await directory.change(`/Groups/${admins}`, { op: 'remove', path: `members[value eq "${id}"]` })
    expect(await roles()).toEqual(['guest'])
    await directory.scim('DELETE', `/Groups/${guests}`)
    expect(await roles()).toEqual(['member'])
    await assign([admins, 'guest'])
    await directory.scim('PUT', `/Groups/${admins}`, { displayName: 'Admins', members: [{ value: id }] })
    expect(await roles()).toEqual(['guest'])
    await assign()
    expect(await roles()).toEqual(['member'])
  })

  it('leaves the roles that the API assigned until it means others', async () => {
    const id = await create()
    const user = await here.user(EMAIL)
    await directory.api('POST', `/organizations/${ACME}/users/${user.id}/roles`, [{ role_name: 'guest' }])
    await directory.change(`/Users/${id}`, { op: 'add', path: 'title', value: 'Dr' })
    await group('Nobody', id)
    expect((await here.membership(EMAIL))?.roles).toEqual(['guest', 'member'])
  })

  it('is forgotten with its roles', async () => {
    const admins = await group('Admins')
    await assign([admins, 'admin'])
    await directory.scim('DELETE', `/Groups/${admins}`)
    const { directory: shown } = await directory.api('GET', `${directory.directories}/${directory.id}`)
    expect(shown.role_assignments.assignments ?? []).toEqual([])
    expect(shown.last_synced_at).toEqual(expect.any(String))
  })
})

describe('applications are told', () => {
  it('of a user with groups, roles and attributes', async () => {
    const id = await create()
    const admins = await group('Admins', id)
    await assign([admins, 'admin'])
    await directory.change(`/Users/${id}`, {
      ...{ op: 'add' },
      value: { title: 'Dr', [ENTERPRISE]: { employeeNumber: '7', costCenter: '9', department: 'Sales' } },
    })
    const { type, data } = (await here.events()).at(-1) ?? {}
    expect(type).toBe('user_updated')
    expect(data).toMatchObject({
      ...{ id, organization_id: ACME, dp_id: '00u9', email: EMAIL, active: true, title: 'Dr' },
      ...{ groups: [{ id: admins, name: 'Admins' }], roles: [{ role_name: 'admin' }] },
      ...{ employee_id: '7', cost_center: '9', department: 'Sales' },
      custom_attributes: { employeeNumber: '7', costCenter: '9', department: 'Sales' },
    })
  })

  it('of a deleted group, and of each of its members', async () => {
    const users = [await create(), await create({ userName: 'emil@acme.example' })]
    await create({ userName: 'other@acme.example' })
    const admins = await group('Admins', ...users)
    await assign([admins, 'admin'])
    const before = (await here.events()).length
    await directory.scim('DELETE', `/Groups/${admins}`)
    const events = (await here.events()).slice(before)
    expect(events.map(({ type, data }) => [type, data.id])).toEqual([
      ['group_deleted', admins],
      ...users.map((id) => ['user_updated', id]),
    ])
    expect(events[1]?.data).toMatchObject({ groups: [], roles: [] })
  })

  it('of a deactivated user as of one who was deleted', async () => {
    const id = await create()
    await directory.change(`/Users/${id}`, { op: 'replace', path: 'active', value: false })
    await directory.change(`/Users/${id}`, { op: 'replace', path: 'active', value: true })
    const events = await here.events()
    expect(events.map(({ type }) => type)).toEqual([
      ...['user_created', 'user_updated', 'user_deleted', 'user_updated'],
    ])
    expect(events[2]?.data).toEqual({ id, organization_id: ACME, dp_id: '00u9', email: EMAIL })
  })
})

describe('a directory', () => {
  const disable = () => directory.api('PATCH', `${directory.directories}/${directory.id}:disable`)
  const remove = () => directory.sdk.directory.deleteDirectory(ACME, directory.id)

  it('leaves the access of its users as it is while it is disabled', async () => {
    const id = await create()
    const { access_token } = await here.signIn(EMAIL)
    await disable()
    expect((await directory.scim('DELETE', `/Users/${id}`)).status).toBe(403)
    expect(await here.membership(EMAIL)).toEqual({ status: 'ACTIVE', roles: ['member'] })
    expect(await here.introspects(access_token)).toBe(true)
  })

  it('deactivates the memberships that it created when it is deleted', async () => {
    await create()
    const { access_token, refresh_token } = await here.signIn(EMAIL)
    await remove()
    expect(await here.membership(EMAIL)).toEqual({ status: 'INACTIVE', roles: ['member'] })
    expect(await here.introspects(access_token)).toBe(false)
    expect(await refresh(local, refresh_token)).toBe(400)
    const { events } = await directory.sdk.events.listEventsPaginated(10, '', {
      eventTypes: ['user.organization_membership_deleted'],
    })
    expect(events).toMatchObject([{ organizationId: ACME, data: { user: { email: EMAIL } } }])
  })

  it('takes the roles of its groups with it, and no membership that was there before', async () => {
    const ben = await create({ userName: 'ben@acme.example' })
    await assign([await group('Admins', ben), 'admin'])
    expect(await here.membership('ben@acme.example')).toEqual({ status: 'ACTIVE', roles: ['admin'] })
    await remove()
    expect(await here.membership('ben@acme.example')).toEqual({ status: 'ACTIVE', roles: ['member'] })
    expect(await here.membership('ana@acme.example')).toEqual({ status: 'ACTIVE', roles: ['admin'] })
  })

  it('hands its users over to another directory that has them', async () => {
    await create()
    const other = await openDirectory(local)
    await other.scim('POST', '/Users', dana)
    await remove()
    expect(await here.membership(EMAIL)).toMatchObject({ status: 'ACTIVE' })
    await other.sdk.directory.deleteDirectory(ACME, other.id)
    expect(await here.membership(EMAIL)).toMatchObject({ status: 'INACTIVE' })
  })

  it('that sends a user again whom a deleted one left is responsible for them', async () => {
    await create()
    await remove()
    const other = await openDirectory(local)
    await other.scim('POST', '/Users', dana)
    expect(await here.membership(EMAIL)).toMatchObject({ status: 'ACTIVE' })
    await other.sdk.directory.deleteDirectory(ACME, other.id)
    expect(await here.membership(EMAIL)).toMatchObject({ status: 'INACTIVE' })
  })
})
