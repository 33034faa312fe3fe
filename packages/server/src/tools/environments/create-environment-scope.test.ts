import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eras, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('create_environment_scope over %s', (era) => {
  const create = (args: Record<string, unknown>) =>
    server.call(era, 'create_environment_scope', { environmentId, ...args })

  test('creates a scope', async () => {
    const name = `todo:read:${era.replaceAll('-', '')}`
    const { result } = await create({ name, description: 'See your tasks' })
    expect(result?.scope).toMatchObject({ name, description: 'See your tasks', enabled: true })
    const { scopes } = await readScopes()
    expect(scopes).toContainEqual(expect.objectContaining({ name, description: 'See your tasks' }))
    expect((await create({ name })).error).toMatchObject({ code: 'already_exists' })
  })

  test('still takes the former name of its argument', async () => {
    const scopeName = `former:${era.replaceAll('-', '')}`
    expect((await create({ scopeName })).result?.scope).toMatchObject({ name: scopeName })
  })

  test.each(['', 'with space', 'x'.repeat(65), 'read/write'])('refuses the name %j', async (name) => {
    expect((await create({ name })).error).toMatchObject({ code: 'invalid_arguments' })
  })
})

/** Only a member of the workspace may read them, so the environment is named as the dashboard does. */
async function readScopes() {
  const { environments } = (await server.read('environments')) as {
    environments: { id: string; domain: string }[]
  }
  const domain = environments.find(({ id }) => id === environmentId)?.domain ?? ''
  return (await server.read('scopes', undefined, { 'x-env-domain': domain })) as {
    scopes: { name: string }[]
  }
}
