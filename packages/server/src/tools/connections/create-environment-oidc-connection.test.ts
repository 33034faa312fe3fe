import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  eras,
  idOf,
  idsOf,
  type ServerUnderTest,
  startServerUnderTest,
} from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'
const settings = {
  discoveryEndpoint: 'https://idp.example.com/.well-known/openid-configuration',
  clientId: 'client-at-idp',
  clientSecret: 'secret-at-idp',
}

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('create_environment_oidc_connection over %s', (era) => {
  test('without settings it is a draft, with them it is complete; it is never enabled by itself', async () => {
    const draft = await server.call(era, 'create_environment_oidc_connection', {
      environmentId,
      provider: 'CUSTOM',
    })
    expect(draft.result?.connection).toMatchObject({ type: 'OIDC', status: 'DRAFT', enabled: false })
    const complete = await server.call(era, 'create_environment_oidc_connection', {
      environmentId,
      provider: 'OKTA',
      ...settings,
    })
    expect(complete.result?.connection).toMatchObject({
      provider: 'OKTA',
      status: 'COMPLETED',
      enabled: false,
    })
    const { connection } = await server.read(`connections/${idOf(complete, 'connection')}`, environmentId)
    expect(connection).toMatchObject({ status: 'COMPLETED', oidc_config: { client_id: 'client-at-idp' } })
  })

  test('refuses a name that is taken, and leaves nothing behind', async () => {
    const create = () =>
      server.call(era, 'create_environment_oidc_connection', {
        environmentId,
        provider: 'CUSTOM',
        keyId: `taken-${era}`,
      })
    await create()
    const before = idsOf(
      await server.call(era, 'list_environment_connections', { environmentId, pageSize: 100 }),
    )
    expect((await create()).error).toMatchObject({ code: 'already_exists' })
    expect(
      idsOf(await server.call(era, 'list_environment_connections', { environmentId, pageSize: 100 })),
    ).toEqual(before)
  })

  test('refuses an endpoint that is not https', async () => {
    const { error } = await server.call(era, 'create_environment_oidc_connection', {
      environmentId,
      provider: 'CUSTOM',
      discoveryEndpoint: 'http://169.254.169.254/latest',
    })
    expect(error).toMatchObject({
      code: 'invalid_arguments',
      message: expect.stringContaining('discoveryEndpoint'),
    })
  })
})
