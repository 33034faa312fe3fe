import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { changeState } from '../../../test/local-state.js'
import {
  type Answer,
  eras,
  itemsOf,
  type ServerUnderTest,
  startServerUnderTest,
} from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'
const acme = 'org_100000000000000001'
const globex = 'org_100000000000000002'
const DAY_S = 24 * 60 * 60

let server: ServerUnderTest
const invite = async (organization: string, email: string) => {
  const { user } = await server
    .sdk(environmentId)
    .user.createUserAndMembership(organization, { email, sendInvitationEmail: true })
  return user?.id ?? ''
}
async function moveClock(request: RequestInit) {
  const headers = { 'x-scalekit-local': '1', 'content-type': 'application/json' }
  const response = await fetch(`${server.local.url}/__local/clock`, { headers, ...request })
  if (!response.ok) throw new Error(await response.text())
}
beforeAll(async () => {
  server = await startServerUnderTest()
  // An invitation is valid for 15 days.
  await moveClock({ method: 'POST', body: JSON.stringify({ advance: -16 * DAY_S }) })
  await invite(acme, 'late@example.com')
  await moveClock({ method: 'DELETE' })
  await invite(acme, 'new@example.com')
  await invite(globex, 'new@example.net')
})
afterAll(() => server.close())

describe.each(eras)('list_invitations over %s', (era) => {
  const list = (args: Record<string, unknown> = {}) =>
    server.call(era, 'list_invitations', { environmentId, ...args })
  const found = (answer: Answer) =>
    itemsOf(answer).map(({ email, organizationName, status }) => [email, organizationName, status])

  test('gives those of all organizations, with state and expiry', async () => {
    const answer = await list()
    expect(found(answer).sort()).toEqual([
      ['eve@umbrella.example', 'Umbrella Health', 'PENDING_INVITE'],
      ['late@example.com', 'Acme Robotics', 'INVITE_EXPIRED'],
      ['new@example.com', 'Acme Robotics', 'PENDING_INVITE'],
      ['new@example.net', 'Globex', 'PENDING_INVITE'],
    ])
    const { users } = await server.sdk(environmentId).user.listUsers({ pageSize: 100 })
    expect(answer.result?.usersRead).toBe(users.length)
    for (const item of itemsOf(answer)) {
      const user = users.find(({ id }) => id === item.userId)
      const expiry = user?.memberships[0]?.expiresAt?.seconds
      expect(
        item.expiresAt === undefined
          ? undefined
          : BigInt(Math.floor(Date.parse(String(item.expiresAt)) / 1000)),
      ).toBe(expiry)
    }
  })

  test('is narrowed by organization and state', async () => {
    expect(found(await list({ organizationId: globex }))).toEqual([
      ['new@example.net', 'Globex', 'PENDING_INVITE'],
    ])
    expect(found(await list({ status: 'INVITE_EXPIRED' }))).toEqual([
      ['late@example.com', 'Acme Robotics', 'INVITE_EXPIRED'],
    ])
  })

  test('says that there is no such organization', async () => {
    expect((await list({ organizationId: 'org_999' })).error).toMatchObject({ code: 'not_found' })
  })
})

describe('a long list of users', () => {
  test('is read in several calls, and gives each invitation once', async () => {
    await changeState(server, ({ environments: [dev] }) => {
      for (let number = 0; number < 600; number++) {
        const id = `usr_2${String(number).padStart(17, '0')}`
        const memberships = [{ organization: acme, roles: [] }]
        dev?.users.push({ id, email: `many-${number}@example.com`, memberships })
      }
    })
    const seen: string[] = []
    const read: number[] = []
    let pageToken: unknown
    do {
      const answer = await server.call('2026-07-28', 'list_invitations', {
        environmentId,
        ...(pageToken ? { pageToken } : {}),
      })
      seen.push(...itemsOf(answer).map(({ email }) => String(email)))
      read.push(Number(answer.result?.usersRead))
      pageToken = answer.result?.nextPageToken
    } while (pageToken)
    expect(seen.sort()).toEqual([
      'eve@umbrella.example',
      'late@example.com',
      'new@example.com',
      'new@example.net',
    ])
    expect(read[0]).toBe(500)
    expect(read).toHaveLength(2)
  })
})
