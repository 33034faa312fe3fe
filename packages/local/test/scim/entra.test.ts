import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Local, startLocal } from '../api/local.js'
import { refresh } from '../api/sign-in.js'
import { ACME, ENTERPRISE, GROUP, openDirectory, USER } from './open-directory.js'
import { provisioned } from './provisioned.js'

let local: Local
beforeAll(async () => {
  local = await startLocal()
})
afterAll(() => local.close())

const EMAIL = 'dana@acme.example'

/** The requests of a non-gallery application of Entra ID, from its connection test to its provisioning cycles. */
it('Entra ID provisions on demand, updates, maps groups and removes, and the user signs in with the mapped role', async () => {
  const directory = await openDirectory(local, 'MICROSOFT_AD')
  const here = provisioned(local, directory)
  const { scim, change } = directory
  const find = async (path: string, filter: string) =>
    (await scim('GET', `${path}${path.includes('?') ? '&' : '?'}filter=${encodeURIComponent(filter)}`)).body

  // Test connection: a user that nobody has
  expect(await find('/Users', 'userName eq "4b7a3f5e-6a0e-4c47-9d4c-2f6d4f2b0f11"')).toMatchObject({
    ...{ totalResults: 0, Resources: [] },
  })

  // Provision on demand
  expect((await find('/Users', `userName eq "${EMAIL}"`)).totalResults).toBe(0)
  const created = await scim('POST', '/Users', {
    schemas: [USER, ENTERPRISE],
    ...{ externalId: 'dana', userName: EMAIL, active: 'True', displayName: 'Dana Dias', title: null },
    emails: [{ primary: true, type: 'work', value: EMAIL }],
    meta: { resourceType: 'User' },
    name: { formatted: 'Dana Dias', familyName: 'Dias', givenName: 'Dana' },
    [ENTERPRISE]: { employeeNumber: '701984' },
  })
  expect(created).toMatchObject({
    status: 201,
    body: { active: true, [ENTERPRISE]: { employeeNumber: '701984' } },
  })
  const { id } = created.body
  const user = `/Users/${id}`

  // The next cycle changes what is mapped
  const { body } = await change(
    user,
    { op: 'Replace', path: 'displayName', value: 'True' },
    { op: 'Add', path: 'name.familyName', value: 'Duarte' },
    { op: 'Replace', path: `${ENTERPRISE}:employeeNumber`, value: '701985' },
    { op: 'Add', path: `${ENTERPRISE}:department`, value: 'Sales' },
    { op: 'Add', path: `${ENTERPRISE}:manager`, value: id },
    { op: 'Add', path: 'phoneNumbers[type eq "work"].value', value: '+351 1' },
    { op: 'Add', path: 'roles[primary eq "True"].value', value: 'clerk' },
    { op: 'Replace', path: 'active', value: 'True' },
  )
  expect(body).toMatchObject({
    ...{ displayName: 'True', name: { familyName: 'Duarte' }, active: true },
    ...{ phoneNumbers: [{ type: 'work', value: '+351 1' }], roles: [{ primary: true, value: 'clerk' }] },
    [ENTERPRISE]: { employeeNumber: '701985', department: 'Sales', manager: { value: id } },
  })
  await change(
    user,
    { op: 'Remove', path: `${ENTERPRISE}:department` },
    { op: 'Remove', path: 'phoneNumbers[type eq "work"].value' },
  )
  expect((await here.user(EMAIL)).user_profile).toMatchObject({
    ...{ family_name: 'Duarte', phone_number: '', custom_attributes: { employeeNumber: '701985' } },
  })

  // A group, without its members, and then with them
  expect((await find('/Groups?excludedAttributes=members', 'displayName eq "Admins"')).totalResults).toBe(0)
  const group = await scim('POST', '/Groups', {
    ...{ schemas: [GROUP], externalId: '8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159', displayName: 'Admins' },
  })
  await directory.assignRoles([{ group_id: group.body.id, role_name: 'admin' }])
  const one = `/Groups/${group.body.id}`
  const [other] = [(await scim('POST', '/Users', { userName: 'emil@acme.example' })).body.id]
  const members = [{ value: id }, { value: other }]
  expect((await change(one, { op: 'Add', path: 'members', value: members })).status).toBe(200)
  const withMember = await find(`/Groups?attributes=id`, `id eq "${group.body.id}" and members eq "${id}"`)
  expect(withMember.totalResults).toBe(1)
  const signedIn = await here.signIn(EMAIL)
  expect(signedIn).toMatchObject({ oid: ACME, roles: ['admin'] })

  // A member leaves the group, by value
  await change(one, { op: 'Remove', path: 'members', value: [{ value: other }] })
  expect((await scim('GET', one)).body.members).toMatchObject([{ value: id }])
  expect((await here.membership('emil@acme.example'))?.roles).toEqual(['member'])
  expect((await here.membership(EMAIL))?.roles).toEqual(['admin'])

  // Out of scope: disabled first, deleted later
  await change(user, { op: 'Replace', path: 'active', value: 'False' })
  expect((await here.membership(EMAIL))?.status).toBe('INACTIVE')
  expect(await here.introspects(signedIn.access_token)).toBe(false)
  expect(await refresh(local, signedIn.refresh_token)).toBe(400)
  expect((await scim('DELETE', user)).status).toBe(204)
  expect((await find('/Users', `userName eq "${EMAIL}"`)).totalResults).toBe(0)
})
