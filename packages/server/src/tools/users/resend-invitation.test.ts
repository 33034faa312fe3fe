import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eras, idOf, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'
const organizationId = 'org_100000000000000001'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('resend_invitation over %s', (era) => {
  const resend = (userId: string, more: Record<string, unknown> = {}) =>
    server.call(era, 'resend_invitation', { environmentId, organizationId, userId, ...more })

  test('sends the invitation again, with a new end', async () => {
    const email = `invited-${era}@example.com`
    const userId = idOf(
      await server.call(era, 'create_organization_user', { environmentId, organizationId, email }),
      'user',
    )
    const before = await server.sdk(environmentId).user.getUser(userId)
    expect((await resend(userId)).result?.invitation).toMatchObject({
      userId,
      status: 'PENDING_INVITE',
      resentCount: 1,
    })
    const { result } = await resend(userId)
    expect(result?.invitation).toMatchObject({ resentCount: 2 })
    const after = await server.sdk(environmentId).user.getUser(userId)
    const endOf = ({ user }: typeof after) => Number(user?.memberships[0]?.expiresAt?.seconds)
    expect(endOf(after)).toBeGreaterThanOrEqual(endOf(before))
  })

  test('sends once for the same key', async () => {
    const email = `once-${era}@example.com`
    const userId = idOf(
      await server.call(era, 'create_organization_user', { environmentId, organizationId, email }),
      'user',
    )
    const idempotencyKey = `once-${era}`
    await resend(userId, { idempotencyKey })
    const { result } = await resend(userId, { idempotencyKey })
    expect(result?.invitation).toMatchObject({ resentCount: 1 })
  })

  test('is refused for a user who has accepted', async () => {
    const { error } = await resend('usr_100000000000000101')
    expect(error).toMatchObject({ code: 'precondition_failed' })
  })

  test('says that the organization has no such user', async () => {
    expect((await resend('usr_100000000000000104')).error).toMatchObject({ code: 'not_found' })
  })
})
