import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  eras,
  idOf,
  type ServerUnderTest,
  startServerUnderTest,
  typesTheName,
} from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

const PRD = 'env_100000000000000002'

/** An MCP server whose users somebody else signs in. */
async function withProvider(environment: string, name: string): Promise<string> {
  const url = `https://${name.toLowerCase()}.example.com/mcp`
  const args = { environmentId: environment, name, url }
  const registered = await server.call('2026-07-28', 'register_mcp_server', args, { person: typesTheName })
  const id = idOf(registered, 'mcpServer')
  const token = await server.token({ resource: `${server.local.url}/workspace` })
  const send = async (method: string, path: string, body: unknown) => {
    const response = await fetch(`${server.local.url}/api/v1${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        'x-env-domain': environment,
        authorization: `Bearer ${token}`,
      },
      body: JSON.stringify(body),
    })
    return response.status
  }
  await send('POST', '/connections', { type: 'OIDC', provider: 'OKTA', key_id: 'custom' })
  expect(await send('PATCH', `/resources/${id}`, { provider: 'custom' })).toBe(200)
  return id
}

describe.each(eras)('switch_mcp_auth_to_scalekit over %s', (era) => {
  const provider = async (environment: string, id: string) =>
    ((await server.read(`resources/${id}`, environment)).resource as { provider: string }).provider

  test('ends the provider; in PRD only after a person confirmed it', async () => {
    const inDev = await withProvider(environmentId, `Dev-${era}`)
    expect(
      (await server.call(era, 'switch_mcp_auth_to_scalekit', { environmentId, mcpServerId: inDev })).ok,
    ).toBe(true)
    expect(await provider(environmentId, inDev)).toBe('')

    const inPrd = await withProvider(PRD, `Prd-${era}`)
    const args = { environmentId: PRD, mcpServerId: inPrd }
    const { error } = await server.call(era, 'switch_mcp_auth_to_scalekit', args)
    expect(error).toMatchObject({ code: 'person_needed' })
    expect(await provider(PRD, inPrd)).toBe('custom')
    expect((await server.call(era, 'switch_mcp_auth_to_scalekit', args, { person: typesTheName })).ok).toBe(
      true,
    )
    expect(await provider(PRD, inPrd)).toBe('')
  })

  test('says that there is no such server', async () => {
    const { error } = await server.call(era, 'switch_mcp_auth_to_scalekit', {
      environmentId,
      mcpServerId: 'res_999',
    })
    expect(error).toMatchObject({ code: 'not_found' })
  })
})
