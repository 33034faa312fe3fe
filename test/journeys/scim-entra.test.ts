import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Application, type SignedIn, startApplication } from './application.js'
import { addDirectoryInPortal, ENTERPRISE, GROUP, USER } from './directory.js'
import { ACME, type Environment, startEnvironment } from './environment.js'
import { launchChromium, Visitor } from './visitor.js'

let environment: Environment
let app: Application
let browser: Browser
beforeAll(async () => {
  environment = await startEnvironment()
  app = await startApplication(environment)
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  await app?.stop()
  await environment?.stop()
})

const EMAIL = 'dana@acme.example'

describe('J17: SCIM provisioning from Entra ID', () => {
  /** The requests of a non-gallery application of Entra ID, from its connection test to its provisioning cycles. */
  it('provisions on demand, changes a custom attribute, maps a group and removes', async () => {
    const directory = await addDirectoryInPortal(environment, browser)
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
    expect(await directory.profile(EMAIL)).toMatchObject({
      ...{ family_name: 'Duarte', phone_number: '', custom_attributes: { employeeNumber: '701985' } },
    })

    // A group, without its members, and then with them
    expect((await find('/Groups?excludedAttributes=members', 'displayName eq "Admins"')).totalResults).toBe(0)
    const group = await scim('POST', '/Groups', {
      ...{ schemas: [GROUP], externalId: '8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159', displayName: 'Admins' },
    })
    await directory.assignRole(group.body.id, 'admin')
    const one = `/Groups/${group.body.id}`
    const other = (await scim('POST', '/Users', { userName: 'emil@acme.example' })).body.id
    const members = [{ value: id }, { value: other }]
    expect((await change(one, { op: 'Add', path: 'members', value: members })).status).toBe(200)
    const withMember = await find('/Groups?attributes=id', `id eq "${group.body.id}" and members eq "${id}"`)
    expect(withMember.totalResults).toBe(1)

    // The user signs in with the mapped role and the custom attribute
    const dana = await Visitor.open(browser)
    await dana.goto(`${app.origin}/login`)
    await dana.typeEmail(EMAIL)
    const { user: shown, claims } = await dana.arrives<SignedIn>('Signed in')
    expect(shown).toMatchObject({ email: EMAIL, familyName: 'Duarte' })
    expect(claims).toMatchObject({ oid: ACME, roles: ['admin'] })

    // A member leaves the group, by value
    await change(one, { op: 'Remove', path: 'members', value: [{ value: other }] })
    expect((await scim('GET', one)).body.members).toMatchObject([{ value: id }])
    expect((await directory.membership('emil@acme.example'))?.roles).toEqual(['member'])
    expect((await directory.membership(EMAIL))?.roles).toEqual(['admin'])

    // The group goes, and with it the role
    expect((await scim('DELETE', one)).status).toBe(204)
    await dana.goto(`${app.origin}/auth/refresh`)
    expect((await dana.arrives<SignedIn>('Signed in')).claims).toMatchObject({ oid: ACME, roles: ['member'] })

    // Out of scope: disabled first, deleted later
    await change(user, { op: 'Replace', path: 'active', value: 'False' })
    expect((await directory.membership(EMAIL))?.status).toBe('INACTIVE')
    await dana.goto(`${app.origin}/auth/refresh`)
    await dana.typeEmail(EMAIL)
    expect(await dana.alert()).toMatch(/is not an active member of any organization/)
    expect(dana.expectedProblems()).toHaveLength(2)
    expect((await scim('DELETE', user)).status).toBe(204)
    expect((await find('/Users', `userName eq "${EMAIL}"`)).totalResults).toBe(0)
    await dana.leave()
  })
})
