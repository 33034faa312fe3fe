import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ACME, DEV, GLOBEX, type Local, startLocal } from './local.js'

const ANA = 'usr_100000000000000101'
const OKTA = 'conn_100000000000000002'
const GMAIL = 'conn_100000000000000003'
const DIRECTORY = 'dir_100000000000000001'

let local: Local
let token: string
beforeAll(async () => {
  local = await startLocal()
})
beforeEach(async () => {
  await local.reset()
  token = await local.admin()
})
afterAll(() => local.close())

const call = (method: string, path: string, body?: unknown, by = token) =>
  local.rest(method, `/api/v1${path}/contexts`, { token: by, body, headers: { 'x-env-domain': DEV } })

describe('what a setup page keeps', () => {
  const ofConnection = `/organizations/${ACME}/connections/${OKTA}`
  const ofDirectory = `/organizations/${ACME}/directories/${DIRECTORY}`

  it.each([
    ['a connection of an organization', ofConnection],
    ['a connection of the environment', `/connections/${GMAIL}`],
    ['a directory', ofDirectory],
  ])('with %s is there until it is replaced', async (_what, path) => {
    expect((await call('GET', path)).body).toEqual({ context: {} })
    const context = { step: 3, done: ['metadata'], note: null }
    expect((await call('PUT', path, context)).status).toBe(200)
    expect((await call('GET', path)).body).toEqual({ context })
    await call('PUT', path, { step: 4 })
    expect((await call('GET', path)).body).toEqual({ context: { step: 4 } })
  })

  it('stays when the settings change', async () => {
    await call('PUT', ofConnection, { step: 3 })
    await call('PUT', ofDirectory, { step: 5 })
    const own = { token: await local.client(DEV) }
    const renamed = { provider: 'OKTA', key_id: 'renamed' }
    await local.rest('PATCH', `/api/v1${ofConnection}`, { ...own, body: renamed })
    await local.rest('PATCH', `/api/v1${ofDirectory}`, { ...own, body: { name: 'Renamed' } })
    expect((await call('GET', ofConnection)).body.context).toEqual({ step: 3 })
    expect((await call('GET', ofDirectory)).body.context).toEqual({ step: 5 })
  })

  it('is for people, each in their own organization', async () => {
    const ana = await local.session(ANA)
    expect((await call('PUT', ofConnection, { by: 'ana' }, ana)).status).toBe(200)
    expect((await call('GET', ofConnection, undefined, ana)).body.context).toEqual({ by: 'ana' })
    const elsewhere = `/organizations/${GLOBEX}/connections/${OKTA}`
    expect((await call('GET', elsewhere, undefined, ana)).status).toBe(403)
    expect((await call('GET', elsewhere)).status).toBe(404)
    expect((await call('GET', `/connections/${GMAIL}`, undefined, ana)).status).toBe(403)
    expect((await call('GET', ofDirectory, undefined, await local.client(DEV))).status).toBe(403)
    expect((await call('PUT', ofConnection, {}, await local.viewer())).status).toBe(403)
  })
})
