import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ACME, DEV, GLOBEX, type Local, startLocal } from '../api/local.js'
import { Browser } from '../oauth/browser.js'

/** In both organizations. */
const CHI = 'usr_100000000000000103'
/** In Acme. */
const ANA = 'usr_100000000000000101'

let local: Local
beforeAll(async () => {
  local = await startLocal()
})
beforeEach(() => local.reset())
afterAll(() => local.close())

/** An administrator of Globex connects the simulator in the admin portal, and is about to answer a test there. */
async function beginTest() {
  const browser = new Browser()
  const { location } = await local.sdk(DEV).organization.generatePortalLink(GLOBEX)
  const home = await browser.follow(location)
  const connection = await browser.submit(home.url, home.page ?? '', { action: 'simulator' })
  const asked = await browser.follow(`${connection.url}/test`)
  const { page = '' } = await browser.follow(connection.url)
  const [request = ''] = /test_\d{18}/.exec(page) ?? []
  return {
    ...{ id: connection.url.split('/').at(-1) ?? '', request },
    answer: (fields: Record<string, string>) => browser.submit(asked.url, asked.page ?? '', fields),
  }
}
const result = async (id: string, request: string, token: string) =>
  local.rest('GET', `/api/v1/connections/${id}/test-requests/${request}`, { token })

describe('the result of a test in the admin portal', () => {
  it('is pending until the identity provider answers, and then has who signed in', async () => {
    const { id, request, answer } = await beginTest()
    const token = await local.client(DEV)
    expect((await result(id, request, token)).body).toEqual({ status: 'PENDING' })
    await answer({ answer: 'sign-in', email: 'gina@globex.example' })
    const { body } = await result(id, request, token)
    expect(body.status).toBe('SUCCESS')
    expect(JSON.parse(body.user_info)).toMatchObject({ email: 'gina@globex.example' })
  })

  it('has why it failed, for a day', async () => {
    const { id, request, answer } = await beginTest()
    await answer({ answer: 'refuse' })
    expect((await result(id, request, await local.client(DEV))).body).toMatchObject({
      status: 'FAILURE',
      error: 'access_denied',
      error_description: expect.stringContaining('The identity provider answered'),
    })
    local.wait(25 * 3600_000)
    expect((await result(id, request, await local.client(DEV))).status).toBe(404)
  })

  it('is for the people of the organization, and of its connection', async () => {
    const { id, request } = await beginTest()
    const chiIn = (oid: string) =>
      local.tokenFor({ subject: CHI, resource: `${local.url}/${DEV}`, claims: { oid } })
    expect((await result(id, request, await chiIn(GLOBEX))).status).toBe(200)
    expect((await result(id, request, await chiIn(ACME))).status).toBe(403)
    expect((await result(id, request, await local.session(ANA))).status).toBe(403)
    const token = await local.client(DEV)
    expect((await result('conn_100000000000000002', request, token)).status).toBe(404)
    expect((await result(id, 'test_1', token)).status).toBe(404)
  })
})
