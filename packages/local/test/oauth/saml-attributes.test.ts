import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLocalScalekit, type LocalScalekit } from '../../src/index.js'
import { emptyStorage } from '../empty-storage.js'
import { samlConnections } from './saml-connection.js'
import { errorOf } from './sso-client.js'

let local: LocalScalekit
let saml: ReturnType<typeof samlConnections>
let count = 0
beforeAll(async () => {
  local = await createLocalScalekit({ ...(await emptyStorage()), port: 0 })
  saml = samlConnections(local)
})
afterAll(() => local.close())

const CLAIMS = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims'
const address = () => `person${++count}@acme.example`

describe('the attributes of an assertion', () => {
  it.each([
    ['of Okta, Google and OneLogin', ['email', 'firstName', 'lastName']],
    ['of Entra', [`${CLAIMS}/emailaddress`, `${CLAIMS}/givenname`, `${CLAIMS}/surname`]],
    ['of Shibboleth', ['email', 'givenname', 'surname']],
    ['of AD FS', ['E-Mail Address', 'Given Name', 'Surname']],
    ['with capital letters', ['Email', 'FirstName', 'LastName']],
    ['with a prefix', ['User.Email', 'User.FirstName', 'User.LastName']],
    ['with underscores', ['email_address', 'first_name', 'last_name']],
    ['of X.500', ['urn:oid:0.9.2342.19200300.100.1.3', 'urn:oid:2.5.4.42', 'urn:oid:2.5.4.4']],
  ])('%s are known', async (_, [email = '', first = '', last = '']) => {
    const mail = address()
    const attributes = { [email]: mail, [first]: 'Ana', [last]: 'Silva' }
    expect(await saml.claims(await saml.connect({}), { email: 'S-1-5-21', attributes })).toMatchObject({
      email: mail,
      name: 'Ana Silva',
    })
  })

  it('have the first of several values', async () => {
    const mail = address()
    const attributes = { email: [mail, 'other@acme.example'] }
    expect(await saml.claims(await saml.connect({}), { attributes })).toMatchObject({ email: mail })
  })

  it('come from where the connection maps them', async () => {
    const mail = address()
    const connection = await saml.connect(
      {},
      { attribute_mapping: { email: 'upn', first_name: 'call', team: 'Ou' } },
    )
    const attributes = {
      email: 'not@acme.example',
      upn: mail.toUpperCase(),
      call: 'Ana',
      lastName: 'Silva',
      Ou: ['R&amp;D', 'x'],
    }
    expect(await saml.claims(connection, { attributes })).toMatchObject({
      email: mail,
      name: 'Ana Silva',
      team: 'R&D',
    })
  })

  it('that are custom become claims, and the reserved are dropped', async () => {
    const mail = address()
    const reserved = {
      roles: 'admin',
      permissions: 'all',
      oid: 'org_1',
      Sub: 'x',
      amr: 'y',
      email_verified: 'no',
    }
    const attributes = { email: mail, department: 'Sales', ...reserved }
    const connection = await saml.connect({}, { attribute_mapping: { sid: 'department' } })
    const claims = await saml.claims(connection, { attributes })
    expect(claims).toMatchObject({ email: mail, oid: 'org_100000000000000001', amr: [connection] })
    expect(claims).not.toMatchObject({ roles: 'admin' })
    expect([claims.Sub, claims.permissions, claims.email_verified]).not.toContain('all')
    expect(claims.sub).toMatch(/^usr_/)
    expect(claims.sid).not.toBe('Sales')
    const plain = await saml.claims(await saml.connect({}), { attributes })
    expect(plain).toMatchObject({ department: 'Sales' })
  })

  it('without an e-mail address end the sign-in', async () => {
    const end = await saml.signIn(await saml.connect({}), {
      email: 'S-1-5-21',
      attributes: { firstName: 'Ana' },
    })
    expect(errorOf(end.url)).toBe('mandatory_attribute_missing')
    const mapped = await saml.connect({}, { attribute_mapping: { email: 'upn' } })
    expect(errorOf((await saml.signIn(mapped)).url)).toBe('mandatory_attribute_missing')
  })

  it('change the profile of a user where the connection says so', async () => {
    const mail = address()
    const named = (name: string) => ({ attributes: { email: mail, firstName: name, lastName: 'Silva' } })
    const kept = await saml.connect({})
    await saml.claims(kept, named('Ana'))
    expect(await saml.claims(kept, named('Anna'))).toMatchObject({ name: 'Ana Silva' })
    const synced = await saml.connect({ sync_user_profile_on_login: true })
    expect(await saml.claims(synced, named('Anna'))).toMatchObject({ name: 'Anna Silva' })
  })
})

describe('the status of a response', () => {
  it.each([
    [{ codes: ['Responder', 'AuthnFailed'] }, 'Responder / AuthnFailed'],
    [
      { codes: ['Requester', 'InvalidNameIDPolicy'], message: 'No such "format"' },
      "Requester / InvalidNameIDPolicy: No such 'format'",
    ],
    [{ codes: ['Responder', 'NoPassive'] }, 'Responder / NoPassive'],
    [{ codes: ['VersionMismatch'] }, 'VersionMismatch'],
  ])('%o is told to the application', async (status, text) => {
    const end = await saml.signIn(await saml.connect({}), { status })
    expect(errorOf(end.url)).toBe('invalid_status')
    expect(new URL(end.url).searchParams.get('error_description')).toBe(
      `The identity provider answered ${text}`,
    )
  })
})
