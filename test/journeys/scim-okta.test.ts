import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Application, type SignedIn, startApplication } from './application.js'
import { addDirectoryInPortal, GROUP, USER } from './directory.js'
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

describe('J16: SCIM provisioning from Okta', () => {
  /** The requests of Okta's "SCIM 2.0 Test App (OAuth Bearer Token)", from the test of its credentials on. */
  it('creates, updates, pushes a group and deactivates; the user signs in with the mapped role until then', async () => {
    const directory = await addDirectoryInPortal(environment, browser)
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

    // The user signs in, and is a member
    const dana = await Visitor.open(browser)
    await dana.goto(`${app.origin}/login`)
    await dana.typeEmail(EMAIL)
    const first = await dana.arrives<SignedIn>('Signed in')
    expect(first.user).toMatchObject({ email: EMAIL, name: 'Dana Dias' })
    expect(first.claims).toMatchObject({ oid: ACME, roles: ['member'] })

    // Update an attribute: Okta sends the whole profile
    const updated = { ...created.body, name: { givenName: 'Dana', familyName: 'Duarte' }, displayName: null }
    expect((await scim('PUT', `/Users/${id}`, updated)).body).toMatchObject({
      name: { familyName: 'Duarte' },
    })
    expect(await directory.profile(EMAIL)).toMatchObject({ name: 'Dana Duarte' })

    // Push a group, which an administrator has mapped to a role
    expect((await find('/Groups', 'displayName eq "Admins"')).body.totalResults).toBe(0)
    const pushed = await scim('POST', '/Groups', { schemas: [GROUP], displayName: 'Admins', members: [] })
    expect(pushed.status).toBe(201)
    const group = `/Groups/${pushed.body.id}`
    await directory.assignRole(pushed.body.id, 'admin')
    const member = { value: id, display: EMAIL }
    expect((await change(group, { op: 'add', path: 'members', value: [member] })).status).toBe(200)

    // The role is in the next token of the session, and in that of a new one
    await dana.goto(`${app.origin}/auth/refresh`)
    expect((await dana.arrives<SignedIn>('Signed in')).claims).toMatchObject({ oid: ACME, roles: ['admin'] })
    const elsewhere = await Visitor.open(browser)
    await elsewhere.goto(`${app.origin}/login`)
    await elsewhere.typeEmail(EMAIL)
    const second = await elsewhere.arrives<SignedIn>('Signed in')
    expect(second.user).toMatchObject({ name: 'Dana Duarte' })
    expect(second.claims).toMatchObject({ oid: ACME, roles: ['admin'] })
    await elsewhere.leave()

    // Rename the group and push its members again, as Okta does
    const renamed = { op: 'replace', value: { id: pushed.body.id, displayName: 'Administrators' } }
    expect((await change(group, renamed)).body).toMatchObject({ displayName: 'Administrators' })
    await change(group, { op: 'replace', path: 'members', value: [member] })
    expect((await directory.membership(EMAIL))?.roles).toEqual(['admin'])

    // Deactivate: Okta never deletes
    const deactivated = await change(`/Users/${id}`, { op: 'replace', value: { active: false } })
    expect(deactivated).toMatchObject({ status: 200, body: { active: false } })
    expect((await directory.membership(EMAIL))?.status).toBe('INACTIVE')

    // The refresh fails, so the application sends the browser to sign in, where it is refused
    await dana.goto(`${app.origin}/auth/refresh`)
    await dana.typeEmail(EMAIL)
    expect(await dana.alert()).toMatch(/is not an active member of any organization/)
    expect(dana.expectedProblems()).toHaveLength(2)

    // Reactivate
    await change(`/Users/${id}`, { op: 'replace', value: { active: true } })
    expect(await directory.membership(EMAIL)).toEqual({ status: 'ACTIVE', roles: ['admin'] })
    await dana.goto(`${app.origin}/login`)
    await dana.typeEmail(EMAIL)
    expect((await dana.arrives<SignedIn>('Signed in')).claims).toMatchObject({ oid: ACME, roles: ['admin'] })
    await dana.leave()
  })
})
