import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Local, startLocal } from '../api/local.js'
import { refresh } from '../api/sign-in.js'
import { ACME, GROUP, openDirectory, USER } from './open-directory.js'
import { provisioned } from './provisioned.js'

let local: Local
beforeAll(async () => {
  local = await startLocal()
})
afterAll(() => local.close())

const EMAIL = 'dana@acme.example'

/** The requests of Okta's "SCIM 2.0 Test App (OAuth Bearer Token)", from the test of its credentials on. */
it('Okta creates, updates, pushes a group and deactivates, and the user signs in with the mapped role', async () => {
  const directory = await openDirectory(local, 'OKTA')
  const here = provisioned(local, directory)
  const { scim, change } = directory
  const find = (path: string, filter: string) =>
    scim('GET', `${path}?filter=${encodeURIComponent(filter)}&startIndex=1&count=100`)

  // Test API credentials
  expect((await scim('GET', '/Users?startIndex=1&count=2')).body).toMatchObject({ totalResults: 0 })

  // Assign the application to a user
  expect((await find('/Users', `userName eq "${EMAIL}"`)).body.totalResults).toBe(0)
  const profile = {
    ...{ schemas: [USER], userName: EMAIL, externalId: '00ujl29u0le5T6Aj10h7', displayName: 'Dana Dias' },
    name: { givenName: 'Dana', middleName: null, familyName: 'Dias' },
    emails: [{ primary: true, value: EMAIL, type: 'work' }],
    ...{ locale: 'en-US', groups: [], active: true },
  }
  const created = await scim('POST', '/Users', { ...profile, password: '1mz050nq' })
  expect(created.status).toBe(201)
  expect(JSON.stringify(created.body)).not.toContain('1mz050nq')
  const { id } = created.body
  expect((await scim('GET', `/Users/${id}`)).body).toMatchObject({ id, userName: EMAIL, active: true })
  expect(await here.signIn(EMAIL)).toMatchObject({ oid: ACME, roles: ['member'] })

  // Update an attribute: Okta sends the whole profile
  const updated = { ...created.body, name: { givenName: 'Dana', familyName: 'Duarte' }, displayName: null }
  expect((await scim('PUT', `/Users/${id}`, updated)).body).toMatchObject({ name: { familyName: 'Duarte' } })
  expect((await here.user(EMAIL)).user_profile).toMatchObject({ name: 'Dana Duarte' })

  // Push a group, which an administrator has mapped to a role
  expect((await find('/Groups', 'displayName eq "Admins"')).body.totalResults).toBe(0)
  const pushed = await scim('POST', '/Groups', { schemas: [GROUP], displayName: 'Admins', members: [] })
  expect(pushed.status).toBe(201)
  const group = `/Groups/${pushed.body.id}`
  await directory.assignRoles([{ group_id: pushed.body.id, role_name: 'admin' }])
  const member = { value: id, display: EMAIL }
  expect((await change(group, { op: 'add', path: 'members', value: [member] })).status).toBe(200)
  const signedIn = await here.signIn(EMAIL)
  expect(signedIn).toMatchObject({ oid: ACME, roles: ['admin'] })

  // Rename the group and push its members again, as Okta does
  const renamed = { op: 'replace', value: { id: pushed.body.id, displayName: 'Administrators' } }
  expect((await change(group, renamed)).body).toMatchObject({ displayName: 'Administrators' })
  await change(group, { op: 'replace', path: 'members', value: [member] })
  expect((await here.membership(EMAIL))?.roles).toEqual(['admin'])

  // Deactivate: Okta never deletes
  const deactivated = await change(`/Users/${id}`, { op: 'replace', value: { active: false } })
  expect(deactivated).toMatchObject({ status: 200, body: { active: false } })
  expect((await here.membership(EMAIL))?.status).toBe('INACTIVE')
  expect(await here.introspects(signedIn.access_token)).toBe(false)
  expect(await refresh(local, signedIn.refresh_token)).toBe(400)

  // Reactivate
  await change(`/Users/${id}`, { op: 'replace', value: { active: true } })
  expect(await here.signIn(EMAIL)).toMatchObject({ oid: ACME, roles: ['admin'] })
})
