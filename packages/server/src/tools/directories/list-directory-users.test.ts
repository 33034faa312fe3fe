import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { directoryId, engineers, fillDirectory } from '../../../test/directory-content.js'
import { eras, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'
const organizationId = 'org_100000000000000001'
const query = '?toolsets=directories'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
  await fillDirectory(server)
})
afterAll(() => server.close())

describe.each(eras)('list_directory_users over %s', (era) => {
  const list = (args: Record<string, unknown> = {}) =>
    server.call(
      era,
      'list_directory_users',
      { environmentId, organizationId, directoryId, ...args },
      { query },
    )

  test('lists users with their groups, in pages, without the rest of what was sent', async () => {
    const first = await list({ pageSize: 1 })
    const rest = await list({ pageSize: 1, pageToken: first.result?.nextPageToken })
    expect(rest.result?.nextPageToken).toBeUndefined()
    expect([first, rest].flatMap(({ result }) => result?.items)).toMatchObject([
      { email: 'ben@acme.example', name: 'ben', groups: [] },
      { email: 'ana@acme.example', name: 'ana', groups: [{ id: engineers, name: 'Engineers' }] },
    ])
    expect(JSON.stringify([first, rest])).not.toContain('of the customer')
  })

  test('lists the members of a group', async () => {
    const { result } = await list({ groupId: engineers })
    expect(result?.items).toEqual([expect.objectContaining({ email: 'ana@acme.example' })])
  })

  test.each([
    ['a directory of another organization', { organizationId: 'org_100000000000000002' }, 'not_found'],
    ['a page that is larger than the API gives', { pageSize: 31 }, 'invalid_arguments'],
    ['a token of another list', { pageToken: 'x' }, 'invalid_arguments'],
  ])('refuses %s', async (_, args, code) => {
    expect((await list(args)).error).toMatchObject({ code })
  })
})
