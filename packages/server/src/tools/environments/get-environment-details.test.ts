import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eras, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('get_environment_details over %s', (era) => {
  test('gives one environment', async () => {
    const { result } = await server.call(era, 'get_environment_details', {
      environmentId: 'env_100000000000000002',
    })
    const { environment } = await server.read('environments/env_100000000000000002')
    expect(result?.environment).toMatchObject({
      domain: (environment as { domain: string }).domain,
      id: 'env_100000000000000002',
      type: 'PRD',
      displayName: 'Production',
    })
  })

  test('says that there is no such environment', async () => {
    const { error } = await server.call(era, 'get_environment_details', { environmentId: 'env_999' })
    expect(error).toMatchObject({ code: 'not_found' })
  })
})
