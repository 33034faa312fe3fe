import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HandOffVisitor } from '../../../../../test/harness/hand-off-page.js'
import { eras, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000002'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('wait_for_hand_off over %s', (era) => {
  const wait = (handOffId: string, options = {}) =>
    server.call(era, 'wait_for_hand_off', { handOffId }, { query: '?toolsets=organizations', ...options })

  async function waiting(name: string) {
    const { organization } = await server.sdk(environmentId).organization.createOrganization(name)
    const args = { environmentId, organizationId: organization?.id }
    const { error } = await server.call(era, 'delete_organization', args)
    return (error as unknown as { handOff: { id: string; url: string } }).handOff
  }

  test('gives the result as soon as the person has confirmed', async () => {
    const { id, url } = await waiting('Waited')
    const page = await new HandOffVisitor('admin@example.com').open(url)
    const answer = wait(id)
    await page.send('confirm', 'Waited')
    expect((await answer).result).toEqual({
      status: 'done',
      tool: 'delete_organization',
      result: expect.objectContaining({ deleted: true }),
    })
  })

  test('says that the person declined, or what the call failed with', async () => {
    const declined = await waiting('Declined')
    await (await new HandOffVisitor('admin@example.com').open(declined.url)).send('decline')
    expect((await wait(declined.id)).result).toEqual({ status: 'declined', tool: 'delete_organization' })
  })

  test('knows the calls of its own caller only', async () => {
    const { id } = await waiting('Private')
    const token = await server.token({ subject: 'viewer@example.com' })
    for (const answer of [await wait(id, { token }), await wait('x'.repeat(43))]) {
      expect(answer.error).toMatchObject({ code: 'not_found' })
    }
    expect((await wait('short')).error).toMatchObject({ code: 'invalid_arguments' })
  })

  test('tells a connection that is bound to another environment nothing', async () => {
    const { id, url } = await waiting('Elsewhere')
    await (await new HandOffVisitor('admin@example.com').open(url)).send('decline')
    const bound = (environment: string) => wait(id, { query: `?environment=${environment}` })
    expect((await bound('env_100000000000000001')).error).toMatchObject({ code: 'not_found' })
    expect((await bound(environmentId)).result).toMatchObject({ status: 'declined' })
  })
})
