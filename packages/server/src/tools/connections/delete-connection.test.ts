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

describe.each(eras)('delete_connection over %s', (era) => {
  test('deletes; in PRD only after a person typed its name', async () => {
    for (const environment of [environmentId, 'env_100000000000000002']) {
      const draft = { environmentId: environment, provider: 'CUSTOM' }
      const created = await server.call(era, 'create_environment_oidc_connection', draft, {
        person: typesTheName,
      })
      const args = { environmentId: environment, connectionId: idOf(created, 'connection') }
      if (environment !== environmentId) {
        expect((await server.call(era, 'delete_connection', args)).error).toMatchObject({
          code: 'person_needed',
        })
      }
      const { result } = await server.call(era, 'delete_connection', args, { person: typesTheName })
      expect(result).toMatchObject({
        deleted: true,
        connection: { id: args.connectionId, type: 'OIDC', provider: 'CUSTOM', enabled: false },
        domains: [],
      })
      await expect(server.read(`connections/${args.connectionId}`, environment)).rejects.toThrow('404')
    }
  })

  test('says that there is no such connection', async () => {
    const { error } = await server.call(era, 'delete_connection', { environmentId, connectionId: 'conn_999' })
    expect(error).toMatchObject({ code: 'not_found' })
  })
})
