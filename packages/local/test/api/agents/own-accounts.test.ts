import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ACME, DEV, GLOBEX, type Local, startLocal } from '../local.js'
import { consent } from './consent.js'

const ANA = 'usr_100000000000000101'
const BEN = 'usr_100000000000000102'
/** In both organizations. */
const CHI = 'usr_100000000000000103'

let local: Local
beforeAll(async () => {
  local = await startLocal()
})
beforeEach(() => local.reset())
afterAll(() => local.close())

const call = async (method: string, path: string, user = BEN, body?: unknown) =>
  local.rest(method, `/api/v1${path}`, { token: await local.session(user), body })
/** What a user sees of a connection. */
const entry = async (name: string, user = BEN) => {
  const { connections } = (await call('GET', '/my-app-connections', user)).body
  return connections.find((one: { connection_name: string }) => one.connection_name === name)
}
const linkTo = (name: string, user = BEN) => call('POST', `/my-app-connections/${name}:magic-link`, user, {})

describe('a signed-in user', () => {
  it('connects an account with a link, and disconnects it', async () => {
    expect(await entry('gmail')).toEqual({
      ...{ connection_id: 'conn_100000000000000003', provider: 'GMAIL', connection_name: 'gmail' },
      ...{ enabled: true, user_status: 'NOT_CONNECTED', connected_account_id: '' },
    })
    const { link, expiry } = (await linkTo('gmail')).body
    expect(Date.parse(expiry)).toBeGreaterThan(Date.now())
    const { connected_account_id: id } = await entry('gmail')
    expect(await entry('gmail')).toMatchObject({ user_status: 'PENDING_AUTH' })
    const token = await local.client(DEV)
    const { body } = await local.rest('GET', `/api/v1/connected_accounts/details?id=${id}`, { token })
    expect(body.connected_account.identifier).toBe(BEN)

    expect((await consent(link)).page).toContain('Account connected')
    expect(await entry('gmail')).toMatchObject({ user_status: 'ACTIVE', connected_account_id: id })
    const gone = await call('POST', `/my-connected-accounts/${id}:disconnect`, BEN, {})
    expect(gone.body.connected_account).toMatchObject({ id, status: 'DISCONNECTED' })
    expect(await entry('gmail')).toMatchObject({ user_status: 'DISCONNECTED' })
    await consent((await linkTo('gmail')).body.link)
    expect(await entry('gmail')).toMatchObject({ user_status: 'ACTIVE', connected_account_id: id })
  })

  it('sees every connection for agents, and none for signing in', async () => {
    const { connections } = (await call('GET', '/my-app-connections')).body
    const names = connections.map((one: { connection_name: string }) => one.connection_name)
    expect(names).toContain('exa')
    expect(names).not.toContain('email')
    expect((await linkTo('email')).status).toBe(404)
    expect((await linkTo('unknown')).status).toBe(404)
  })

  it('reaches no account of anybody else', async () => {
    await linkTo('gmail')
    const { connected_account_id: id } = await entry('gmail')
    expect(await entry('gmail', ANA)).toMatchObject({ user_status: 'NOT_CONNECTED' })
    expect((await call('POST', `/my-connected-accounts/${id}:disconnect`, ANA, {})).status).toBe(404)
    // An identifier that the application chose does not prove whose the account is.
    const named = 'ca_100000000000000001'
    expect((await call('POST', `/my-connected-accounts/${named}:disconnect`, ANA, {})).status).toBe(404)
  })

  it('acts in the organization of the token, as a member of it', async () => {
    const path = '/api/v1/my-app-connections'
    const inOrganization = (subject: string, oid: string) =>
      local.tokenFor({ subject, resource: `${local.url}/${DEV}`, claims: { oid } })
    const statusIn = async (oid: string) => {
      const { connections } = (await local.rest('GET', path, { token: await inOrganization(CHI, oid) })).body
      const slack = connections.find((one: { connection_name: string }) => one.connection_name === 'slack')
      return slack.user_status
    }
    const token = await inOrganization(CHI, ACME)
    expect((await local.rest('POST', `${path}/slack:magic-link`, { token, body: {} })).status).toBe(200)
    expect(await statusIn(ACME)).toBe('PENDING_AUTH')
    expect(await statusIn(GLOBEX)).toBe('NOT_CONNECTED')
    const elsewhere = { token: await inOrganization(BEN, GLOBEX) }
    expect((await local.rest('GET', path, elsewhere)).status).toBe(403)
  })
})
