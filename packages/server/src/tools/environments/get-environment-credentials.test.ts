import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eras, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('get_environment_credentials over %s', (era) => {
  test('gives client ids and, of secrets, the end and the status only', async () => {
    const { client } = (await server.read('clients/skc_100000000000000001', environmentId)) as {
      client: { secrets: { id: string; secret_suffix: string }[] }
    }
    const answer = await server.call(era, 'get_environment_credentials', { environmentId })
    expect(answer.result?.items).toContainEqual({
      clientId: 'skc_100000000000000001',
      name: 'Development app',
      type: 'ENV',
      secrets: client.secrets.map(({ id, secret_suffix }) =>
        expect.objectContaining({ id, suffix: secret_suffix, status: 'ACTIVE' }),
      ),
    })
    expect(JSON.stringify(answer.result)).not.toContain('test_local_secret')
  })

  test('says that there is no such environment', async () => {
    const { error } = await server.call(era, 'get_environment_credentials', { environmentId: 'env_999' })
    expect(error).toMatchObject({ code: 'not_found' })
  })
})
