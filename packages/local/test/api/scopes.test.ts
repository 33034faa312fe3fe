import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { DEV, type Local, PRD, startLocal } from './local.js'

let local: Local
let token: string
beforeAll(async () => {
  local = await startLocal()
})
beforeEach(async () => {
  await local.reset()
  token = await local.client(DEV)
})
afterAll(() => local.close())

const register = (body: object) =>
  local.rest('POST', '/api/v1/resources', {
    token,
    body: { resource_type: 'MCP_SERVER', name: 'Robots', ...body },
  })

describe('the scopes of an environment', () => {
  const rest = async (method: string, path: string, body?: unknown) =>
    local.rest(method, path, { token: await local.admin(), body, headers: { 'x-env-domain': DEV } })

  it('are listed, created, changed and deleted by members of the workspace', async () => {
    const created = await rest('POST', '/api/v1/scopes', { name: 'robots:stop', description: 'Stop them' })
    expect(created.body.scope).toMatchObject({
      id: expect.stringMatching(/^scp_\d{18}$/),
      name: 'robots:stop',
      description: 'Stop them',
      enabled: true,
    })
    const { id } = created.body.scope
    expect((await rest('GET', '/api/v1/scopes')).body.scopes).toContainEqual(created.body.scope)
    expect((await rest('PATCH', `/api/v1/scopes/${id}`, { enabled: false })).body.scope).toMatchObject({
      enabled: false,
      description: 'Stop them',
    })
    expect((await rest('DELETE', `/api/v1/scopes/${id}`)).status).toBe(200)
    expect((await rest('DELETE', `/api/v1/scopes/${id}`)).status).toBe(404)
    expect((await rest('PATCH', `/api/v1/scopes/${id}`, { enabled: true })).status).toBe(404)
  })

  it('have names of their own, and stay while an MCP server uses them', async () => {
    await register({ scopes: ['robots:drive'] })
    expect((await rest('POST', '/api/v1/scopes', { name: 'robots:drive' })).status).toBe(409)
    expect((await rest('POST', '/api/v1/scopes', { name: 'no spaces' })).status).toBe(400)
    const { body } = await rest('GET', '/api/v1/scopes')
    const { id } = body.scopes.find(({ name }: { name: string }) => name === 'robots:drive')
    expect(await rest('DELETE', `/api/v1/scopes/${id}`)).toMatchObject({ status: 400, body: { code: 9 } })
  })

  it('can be asked for by the path of the environment, which must be the one that is meant', async () => {
    const as = await local.admin()
    const path = `/api/v1/environments/${DEV}/scopes`
    expect((await local.rest('GET', path, { token: as })).status).toBe(200)
    expect((await local.rest('GET', path, { token: as, headers: { 'x-env-domain': PRD } })).status).toBe(400)
    expect((await local.rest('GET', path, { token })).status).toBe(403)
  })
})
