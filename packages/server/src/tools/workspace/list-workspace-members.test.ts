import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eras, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('list_workspace_members over %s', (era) => {
  test('lists the members with their roles', async () => {
    const { result } = await server.call(era, 'list_workspace_members')
    const { members } = await server.read('members')
    expect((result?.items as { id: string }[] | undefined)?.map(({ id }) => id)).toEqual(
      (members as { id: string }[]).map(({ id }) => id),
    )
    expect(result?.items).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ email: 'admin@example.com', role: 'ADMIN' }),
        expect.objectContaining({ email: 'viewer@example.com', role: 'USER' }),
      ]),
    )
  })

  test('gives pages', async () => {
    const first = await server.call(era, 'list_workspace_members', { pageSize: 1 })
    const pageToken = first.result?.nextPageToken
    const second = await server.call(era, 'list_workspace_members', { pageSize: 1, pageToken })
    expect(second.result?.items).toHaveLength(1)
    expect(second.result?.items).not.toEqual(first.result?.items)
  })

  test('refuses a page token that is not from here', async () => {
    const { error } = await server.call(era, 'list_workspace_members', { pageToken: 'not-a-token' })
    expect(error).toMatchObject({ code: 'invalid_arguments' })
  })
})
