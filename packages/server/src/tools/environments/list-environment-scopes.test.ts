import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eras, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('list_environment_scopes over %s', (era) => {
  test('lists the scopes of an environment', async () => {
    const name = `listed:${era.replaceAll('-', '')}`
    await server.call(era, 'create_environment_scope', { environmentId, name })
    const { result } = await server.call(era, 'list_environment_scopes', { environmentId })
    expect(result?.items).toContainEqual({ id: expect.stringMatching(/^scp_/), name, enabled: true })
    const elsewhere = await server.call(era, 'list_environment_scopes', {
      environmentId: 'env_100000000000000002',
    })
    expect(elsewhere.result?.items).not.toContainEqual(expect.objectContaining({ name }))
  })

  test('says that there is no such environment', async () => {
    const { error } = await server.call(era, 'list_environment_scopes', { environmentId: 'env_999' })
    expect(error).toMatchObject({ code: 'not_found' })
  })
})
