import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eras, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('whoami over %s', (era) => {
  test('tells the subject, the client and the scopes of the token', async () => {
    const token = await server.token({ scopes: ['environment:read', 'organization:write'] })
    const { result } = await server.call(era, 'whoami', {}, { token })
    expect(result).toMatchObject({
      subject: expect.stringMatching(/^usr_/),
      issuer: `${server.local.url}/workspace`,
      scopes: ['environment:read', 'organization:write'],
    })
    expect(Date.parse(String(result?.expiresAt))).toBeGreaterThan(Date.now())
  })

  test('needs no scope', async () => {
    const token = await server.token({ scopes: [] })
    expect((await server.call(era, 'whoami', {}, { token })).result).toMatchObject({ scopes: [] })
  })

  test('refuses an argument, since it has none', async () => {
    expect((await server.call(era, 'whoami', { verbose: true })).error).toMatchObject({
      code: 'invalid_arguments',
      message: '"verbose" is not an argument of this tool.',
    })
  })
})
