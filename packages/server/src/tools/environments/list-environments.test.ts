import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eras, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

const DEV = 'env_100000000000000001'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('list_environments over %s', (era) => {
  test('lists the environments with type and domain', async () => {
    const { result } = await server.call(era, 'list_environments')
    const { environments } = await server.read('environments')
    expect((result?.items as { domain: string }[] | undefined)?.map(({ domain }) => domain)).toEqual(
      (environments as { domain: string }[]).map(({ domain }) => domain),
    )
    expect(result?.items).toEqual([
      expect.objectContaining({ id: 'env_100000000000000002', type: 'PRD' }),
      expect.objectContaining({ id: 'env_100000000000000001', type: 'DEV' }),
    ])
  })

  test('lists the environment of a bound connection only', async () => {
    const { result } = await server.call(era, 'list_environments', {}, { query: `?environment=${DEV}` })
    expect(result?.items).toEqual([expect.objectContaining({ id: DEV, type: 'DEV' })])
    const query = '?environment=env_9'
    expect((await server.call(era, 'list_environments', {}, { query })).error).toMatchObject({
      code: 'not_found',
    })
  })

  test.each([0, 101, 1.5, '10'])('refuses the page size %j', async (pageSize) => {
    const { error } = await server.call(era, 'list_environments', { pageSize })
    expect(error).toMatchObject({ code: 'invalid_arguments', message: expect.stringContaining('pageSize') })
  })
})
