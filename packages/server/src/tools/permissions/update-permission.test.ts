import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eras, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'
const query = '?toolsets=permissions'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('update_permission over %s', (era) => {
  const update = (name: string, description: string) =>
    server.call(era, 'update_permission', { environmentId, name, description }, { query })

  test('changes the description and leaves the name', async () => {
    const { result } = await update('billing:manage', `Pay over ${era}`)
    expect(result?.permission).toMatchObject({ name: 'billing:manage', description: `Pay over ${era}` })
    const { permission } = await server.sdk(environmentId).permission.getPermission('billing:manage')
    expect(permission).toMatchObject({ id: 'perm_100000000000000003', description: `Pay over ${era}` })
  })

  test('says that there is no such permission', async () => {
    expect((await update('no:such', 'x')).error).toMatchObject({ code: 'not_found' })
  })
})
