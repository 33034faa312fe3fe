import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runTool } from '../../../test/run-tool.js'
import { eras, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'
import createDirectory from './create-directory.js'

const environmentId = 'env_100000000000000001'
const organizationId = 'org_100000000000000001'
const query = '?toolsets=directories'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe('create_directory', () => {
  const create = (args: Record<string, unknown> = {}) =>
    runTool(server, createDirectory, { environmentId, organizationId, ...args })
  const addUser = (endpoint: string, token: string) =>
    fetch(`${endpoint}/Users`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
      body: JSON.stringify({
        schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
        userName: 'dora@acme.example',
        emails: [{ value: 'dora@acme.example', primary: true }],
      }),
    })

  test('gives a person an endpoint and a token with which an identity provider can fill it', async () => {
    const { output, revealed } = await create({ provider: 'OKTA' })
    expect(revealed.map(({ label }) => label)).toEqual(['SCIM endpoint (base URL)', 'Bearer token'])
    const [endpoint = '', token = ''] = revealed.map(({ value }) => value)
    expect(output.directory).toMatchObject({
      type: 'SCIM',
      provider: 'OKTA',
      enabled: true,
      endpoint,
      secrets: [{ suffix: token.slice(-4) }],
    })
    expect((await addUser(endpoint, token)).status).toBe(201)
    for (const text of [JSON.stringify(output), server.log.join('')]) expect(text).not.toContain(token)
  })

  test('waits to be enabled where it is asked to', async () => {
    const { output } = await create({ enabled: false })
    expect(output.directory).toMatchObject({ enabled: false })
  })

  test('says that there is no such organization', async () => {
    await expect(create({ organizationId: 'org_999' })).rejects.toThrow(/org_999/)
  })
})

describe.each(eras)('create_directory over %s', (era) => {
  test('creates nothing where no person can get the token', async () => {
    const before = await server.sdk(environmentId).directory.listDirectories(organizationId)
    const args = { environmentId, organizationId, provider: 'OKTA' }
    const { error } = await server.call(era, 'create_directory', args, { query })
    expect(error).toMatchObject({ code: 'person_needed' })
    const after = await server.sdk(environmentId).directory.listDirectories(organizationId)
    expect(after.directories.map(({ id }) => id)).toEqual(before.directories.map(({ id }) => id))
  })
})
