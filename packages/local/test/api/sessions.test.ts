import { ScalekitBadRequestException, ScalekitNotFoundException } from '@scalekit-sdk/node'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { claimsOf } from '../oauth/authorization-code.js'
import { ACME, DEV, type Local, PRD, startLocal } from './local.js'
import { APP, refresh, signInToApp } from './sign-in.js'

const ANA = 'usr_100000000000000101'
const BEN = 'usr_100000000000000102'

let local: Local
beforeAll(async () => {
  local = await startLocal()
})
beforeEach(() => local.reset())
afterAll(() => local.close())

const signIn = async (person = 'ana@acme.example') => {
  const tokens = await signInToApp(local, person)
  return { ...tokens, sid: String(claimsOf(tokens.access_token).sid) }
}

describe('sessions, through the official SDK', () => {
  it('are there from a sign-in on, as its tokens name them', async () => {
    const { session: api } = local.sdk(DEV)
    const { sid } = await signIn()
    expect(await api.getSession(sid)).toMatchObject({
      sessionId: sid,
      userId: ANA,
      organizationId: ACME,
      status: 'active',
      authenticatedClients: [{ clientId: APP, organizationId: ACME }],
    })
    const { sessions, totalSize } = await api.getUserSessions(ANA)
    expect([totalSize, sessions.map(({ sessionId }) => sessionId)]).toEqual([1, [sid]])
    expect((await api.getUserSessions(BEN)).sessions).toEqual([])
    await expect(api.getSession('ses_1')).rejects.toThrow(ScalekitNotFoundException)
    await expect(api.getSession('x')).rejects.toThrow(ScalekitBadRequestException)
    await expect(api.getUserSessions('usr_1000000000000000009')).rejects.toThrow(ScalekitNotFoundException)
    await expect(local.sdk(PRD).session.getSession(sid)).rejects.toThrow(ScalekitNotFoundException)
  })

  it('end with their tokens when they are revoked', async () => {
    const { session: api } = local.sdk(DEV)
    const { sid, refresh_token } = await signIn()
    const other = await signIn()
    expect((await api.revokeSession(sid)).revokedSession).toMatchObject({ sessionId: sid, status: 'revoked' })
    expect(await api.getSession(sid)).toMatchObject({ status: 'revoked', userId: ANA })
    expect(await refresh(local, refresh_token)).toBe(400)
    expect(await refresh(local, other.refresh_token)).toBe(200)
    await expect(api.revokeSession(sid)).rejects.toThrow(ScalekitNotFoundException)
    await expect(local.sdk(PRD).session.revokeSession(other.sid)).rejects.toThrow(ScalekitNotFoundException)
    const states = async (status: string[]) =>
      (await api.getUserSessions(ANA, { filter: { status } })).sessions.map(({ sessionId }) => sessionId)
    expect(await states(['REVOKED'])).toEqual([sid])
    expect(await states(['active'])).toEqual([other.sid])
  })

  it('of a user end all at once', async () => {
    const { session: api } = local.sdk(DEV)
    const tokens = [await signIn(), await signIn()]
    const bens = await signIn('ben@acme.example')
    const answer = await api.revokeAllUserSessions(ANA)
    expect([answer.totalRevoked, answer.revokedSessions.map(({ sessionId }) => sessionId).sort()]).toEqual([
      2,
      tokens.map(({ sid }) => sid).sort(),
    ])
    for (const { refresh_token } of tokens) expect(await refresh(local, refresh_token)).toBe(400)
    expect(await refresh(local, bens.refresh_token)).toBe(200)
    expect((await api.revokeAllUserSessions(ANA)).totalRevoked).toBe(0)
    await expect(api.revokeAllUserSessions('usr_1000000000000000009')).rejects.toThrow(
      ScalekitNotFoundException,
    )
  })

  it('are listed in pages, by when they began', async () => {
    const { session: api } = local.sdk(DEV)
    for (let count = 0; count < 3; count++) await signIn()
    const first = await api.getUserSessions(ANA, { pageSize: 2 })
    const rest = await api.getUserSessions(ANA, { pageSize: 2, pageToken: first.nextPageToken })
    expect([first.sessions.length, rest.sessions.length, rest.nextPageToken]).toEqual([2, 1, ''])
    const past = { filter: { endTime: new Date(Date.now() - 3_600_000) } }
    expect((await api.getUserSessions(ANA, past)).totalSize).toBe(0)
    const since = { filter: { startTime: new Date(Date.now() - 3_600_000) } }
    expect((await api.getUserSessions(ANA, since)).totalSize).toBe(3)
  })

  it('are a user’s own to see and end, and nobody else’s', async () => {
    const { sid } = await signIn()
    const bens = await signIn('ben@acme.example')
    const token = await local.session(ANA)
    const url = `/${DEV}/api/v1`
    expect((await local.rest('GET', `${url}/users/${ANA}/sessions`, { token })).body.total_size).toBe(1)
    expect((await local.rest('GET', `${url}/users/${BEN}/sessions`, { token })).status).toBe(403)
    expect((await local.rest('POST', `${url}/sessions/${bens.sid}/revoke`, { token })).status).toBe(404)
    expect((await local.rest('POST', `${url}/sessions/${sid}/revoke`, { token })).status).toBe(200)
    expect((await local.rest('GET', `${url}/sessions/${bens.sid}`, { token })).status).toBe(403)
  })
})

describe('the authentication log', () => {
  it('has every attempt to sign in, newest first, and can be narrowed', async () => {
    await signIn()
    await signIn('ben@acme.example')
    await signInToApp(local, 'nobody').catch(() => undefined)
    const token = await local.client(DEV)
    const url = '/api/v1/logs/authentication/requests'
    const log = async (query = '') => (await local.rest('GET', `${url}${query}`, { token })).body
    const emails = async (query: string) =>
      (await log(query)).authRequests.map(({ email }: { email: string }) => email)
    const { authRequests, total_size } = await log()
    expect([total_size, authRequests[0]]).toMatchObject([
      3,
      {
        auth_request_id: expect.stringMatching(/^areq_\d{18}$/),
        environment_id: DEV,
        email: 'nobody',
        status: 'failure',
        client_id: APP,
        client_name: 'Development app',
      },
    ])
    expect(authRequests[2]).toMatchObject({ status: 'success', organization_id: ACME })
    expect(await emails('?status=success')).toEqual(['ben@acme.example', 'ana@acme.example'])
    expect(await emails('?email=ANA@acme.example')).toEqual(['ana@acme.example'])
    expect(await emails('?client_id=skc_1')).toEqual([])
    expect(await emails('?page_size=1')).toEqual(['nobody'])
    expect(await emails('?start_time=2100-01-01T00:00:00Z')).toEqual([])
    const other = await local.rest('GET', url, { token: await local.client(PRD) })
    expect(other.body.authRequests).toEqual([])
  })
})
