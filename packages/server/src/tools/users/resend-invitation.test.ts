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
        {
          ...invitations[2],
          error: { code: 'precondition_failed', nextStep: expect.stringContaining('PENDING_INVITE') },
        },
      ],
    })
  })

  describe('in PRD', () => {
    const PRD = 'env_100000000000000002'
    const northwind = 'org_100000000000000011'

    const invite = async (name: string) => {
      const { user } = await server.sdk(PRD).user.createUserAndMembership(northwind, {
        email: `${name}-${era}@example.com`,
        sendInvitationEmail: true,
      })
      return { organizationId: northwind, userId: user?.id ?? '' }
    }
    /** Whose person confirms each question. */
    const resendAsked = async (args: Record<string, unknown>) => {
      const questions: string[] = []
      const person = (message: string) => {
        questions.push(message)
        return typesTheName(message)
      }
      const { result, error } = await server.call(era, 'resend_invitation', args, { person })
      return { result, error, questions }
    }
    const resentCount = async (userId: string) =>
      (await server.sdk(PRD).user.resendInvite(northwind, userId)).invite?.resentCount

    test('asks a person once, who sees all addresses', async () => {
      const invitations = [await invite('one'), await invite('two')]
      const { result, questions } = await resendAsked({ environmentId: PRD, invitations })
      expect(result).toMatchObject({ sent: 2 })
      expect(questions).toHaveLength(1)
      for (const name of ['one', 'two']) expect(questions[0]).toContain(`${name}-${era}@example.com`)
      expect(questions[0]).toContain('type the name: 2 invitations')
    })

    test('names the environment and the organizations by their ids where names were given', async () => {
      const { userId } = await invite('named')
      const invitations = [{ organizationId: 'Northwind Traders', userId }]
      const { result, questions } = await resendAsked({ environmentId: 'Production', invitations })
      expect(questions).toEqual([
        [
          `Resend invitation in Production (PRD, ${PRD}).`,
          `Organization: Northwind Traders (${northwind})`,
          `To confirm, type the name of ${userId}: named-${era}@example.com`,
        ].join('\n'),
      ])
      expect(result).toMatchObject({ sent: 1, items: [{ organizationId: northwind, userId }] })
    })

    test('says which users do not exist', async () => {
      const invitations = [
        await invite('real'),
        { organizationId: northwind, userId: 'usr_100000000000000999' },
      ]
      const { result, questions } = await resendAsked({ environmentId: PRD, invitations })
      expect(questions).toEqual([
        expect.stringMatching(/^Without an open invitation: usr_100000000000000999$/m),
      ])
      expect(questions[0]).toMatch(/type the name: 1 invitation$/)
      expect(result).toMatchObject({
        sent: 1,
        items: [
          { resentCount: 1 },
          { error: { code: 'not_found', nextStep: expect.stringContaining('list_') } },
        ],
      })
    })

    test('sends nothing where a name cannot be read: the question would not show it', async () => {
      const invitations = [await invite('seen'), await invite('unseen')]
      const [seen, unseen] = invitations.map(({ userId }) => userId)
      const fault = (method: string, body?: object) =>
        fetch(`${server.local.url}/__local/faults`, {
          method,
          headers: { 'x-scalekit-local': '1', 'content-type': 'application/json' },
          ...(body ? { body: JSON.stringify(body) } : {}),
        })
      const match = { path: `/api/v1/users/${unseen}` }
      expect((await fault('POST', { match, status: 503, times: 0 })).ok).toBe(true)
      const { error, questions } = await resendAsked({ environmentId: PRD, invitations })
      await fault('DELETE')
      expect(error).toMatchObject({ code: 'upstream_unavailable' })
      expect(questions).toEqual([])
      for (const userId of [seen, unseen]) expect(await resentCount(userId ?? '')).toBe(1)
    })
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
