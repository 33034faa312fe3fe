import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eras, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'
const query = '?toolsets=permissions'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('create_permission over %s', (era) => {
  const create = (args: Record<string, unknown>) =>
    server.call(era, 'create_permission', { environmentId, description: 'Sample', ...args }, { query })

  test('creates a permission', async () => {
    const name = `reports:${era.replaceAll('-', '_')}`
    const { result } = await create({ name, description: 'See reports' })
    expect(result?.permission).toMatchObject({ name, description: 'See reports', isBuiltIn: false })
    const { permission } = await server.sdk(environmentId).permission.getPermission(name)
    expect(permission).toMatchObject({ name, description: 'See reports' })
  })

  test.each([
    ['a name that is taken', 'projects:read', 'already_exists'],
    ['a name with a space', 'two words', 'invalid_arguments'],
  ])('refuses %s', async (_, name, code) => {
    expect((await create({ name })).error).toMatchObject({ code })
  })
})
