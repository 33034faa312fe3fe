import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  eras,
  idOf,
  type ServerUnderTest,
  startServerUnderTest,
  typesTheName,
} from '../../../test/server-under-test.js'

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

  test('sends several of different organizations, and says of each why it was not sent', async () => {
    const elsewhere = 'org_100000000000000002'
    const invite = async (organization: string) =>
      idOf(
        await server.call(era, 'create_organization_user', {
          environmentId,
          organizationId: organization,
          email: `several-${organization}-${era}@example.com`,
        }),
        'user',
      )
    const invitations = [
      { organizationId, userId: await invite(organizationId) },
      { organizationId: elsewhere, userId: await invite(elsewhere) },
      { organizationId, userId: 'usr_100000000000000101' },
    ]
    const { result } = await server.call(era, 'resend_invitation', { environmentId, invitations })
    expect(result).toMatchObject({
      sent: 2,
      items: [
        { ...invitations[0], status: 'PENDING_INVITE', resentCount: 1 },
        { ...invitations[1], status: 'PENDING_INVITE', resentCount: 1 },
        { ...invitations[2], error: { code: 'precondition_failed' } },
      ],
    })
  })

  test('in PRD asks a person once, who sees all addresses', async () => {
    const PRD = 'env_100000000000000002'
    const northwind = 'org_100000000000000011'
    const { user } = server.sdk(PRD)
    const people = ['one', 'two'].map((each) => `${each}-${era}@example.com`)
    const invitations = []
    for (const email of people) {
      const created = await user.createUserAndMembership(northwind, { email, sendInvitationEmail: true })
      invitations.push({ organizationId: northwind, userId: created.user?.id })
    }
    const questions: string[] = []
    const { result } = await server.call(
      era,
      'resend_invitation',
      { environmentId: PRD, invitations },
      {
        person(message) {
          questions.push(message)
          return typesTheName(message)
        },
      },
    )
    expect(result).toMatchObject({ sent: 2 })
    expect(questions).toHaveLength(1)
    for (const email of people) expect(questions[0]).toContain(email)
    expect(questions[0]).toContain('type the name: 2 invitations')
  })

  test.each([
    [{ organizationId }],
    [{ userId: 'usr_100000000000000101' }],
    [{ organizationId, invitations: [{ organizationId, userId: 'usr_1' }] }],
    [{}],
  ])('refuses %j', async (args) => {
    const { error } = await server.call(era, 'resend_invitation', { environmentId, ...args })
    expect(error).toMatchObject({ code: 'invalid_arguments' })
  })

  test('is refused for a user who has accepted', async () => {
    const { error } = await resend('usr_100000000000000101')
    expect(error).toMatchObject({ code: 'precondition_failed' })
  })

  test('says that the organization has no such user', async () => {
    expect((await resend('usr_100000000000000104')).error).toMatchObject({ code: 'not_found' })
  })
})
