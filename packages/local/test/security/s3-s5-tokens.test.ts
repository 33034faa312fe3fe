import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { measure } from '../../../../test/harness/measure.js'
import { createLocalScalekit, type LocalScalekit } from '../../src/index.js'
import { introspect, mcpIssuer, redeem, register, signIn } from '../oauth/authorization-code.js'
import { codeFor, control, refresh, tokensOf } from './attack.js'

let local: LocalScalekit
beforeAll(async () => {
  local = await createLocalScalekit({ memory: true, port: 0 })
})
beforeEach(() => local.reset())
afterAll(() => local.close())

const move = (seconds: number) => control(local.url, 'clock', 'POST', { advance: seconds })

describe('S3: a code that comes a second time', () => {
  it('is refused, and takes every token of its grant with it, refreshed ones too', async () => {
    const { issuer, client_id, redirect, verifier, tokens } = await signIn(local.url)
    const next = await tokensOf(await refresh(issuer, client_id, tokens.refresh_token))
    const second = await redeem(issuer, client_id, redirect, verifier)
    expect(second.status).toBe(400)
    expect(await second.json()).toMatchObject({ error: 'invalid_grant' })
    let usable = 0
    for (const { access_token, refresh_token } of [tokens, next]) {
      const { active } = (await introspect(local.url, access_token)) as { active: boolean }
      const refreshed = await refresh(issuer, client_id, refresh_token)
      usable += Number(active) + Number(refreshed.status !== 400)
    }
    expect(usable).toBe(0)
    measure('S3', `${usable} of 4 tokens usable after the code came again`)
  })

  it('revokes at the management API as well', async () => {
    const { issuer, client_id, redirect, verifier, tokens } = await signIn(local.url)
    await redeem(issuer, client_id, redirect, verifier)
    const { verifier: _, ...other } = await signIn(local.url)
    expect(await introspect(local.url, other.tokens.access_token)).toMatchObject({ active: true })
    const exchanged = await fetch(`${local.url}/workspace/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: tokens.access_token,
        subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        resource: `${local.url}/workspace`,
        client_id: 'skc_100000000000000000',
        client_secret: 'test_local_secret',
      }),
    })
    expect(exchanged.status).toBe(400)
    measure('S3', `token exchange answered with ${exchanged.status}`)
  })

  it('of 12 at one moment, one wins at most', async () => {
    const { redeemWith, verifier } = await codeFor(local.url)
    const answers = await Promise.all(Array.from({ length: 12 }, () => redeemWith(verifier)))
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1)
  })

  it('is worth nothing to another client, and is not used up by it', async () => {
    const { issuer, redirect, verifier, redeemWith } = await codeFor(local.url)
    const thief = await register(local.url)
    expect((await redeem(issuer, thief.client_id, redirect, verifier)).status).toBe(400)
    expect((await redeemWith(verifier)).status).toBe(200)
  })
})

describe('S4: a code', () => {
  it('counts for 60 seconds, and no longer', async () => {
    const inTime = await codeFor(local.url)
    await move(50)
    expect((await inTime.redeemWith(inTime.verifier)).status).toBe(200)
    const late = await codeFor(local.url)
    await move(61)
    const response = await late.redeemWith(late.verifier)
    expect(await response.json()).toMatchObject({ error: 'invalid_grant' })
    measure('S4', `refused with ${response.status} after 61 s`)
  })
})

describe('S5: a refresh token', () => {
  it('that comes again after the time for repeated requests revokes its family', async () => {
    const { issuer, client_id, tokens } = await signIn(local.url)
    const next = await tokensOf(await refresh(issuer, client_id, tokens.refresh_token))
    await move(31)
    expect(await (await refresh(issuer, client_id, tokens.refresh_token)).json()).toMatchObject({
      error: 'invalid_grant',
    })
    expect((await refresh(issuer, client_id, next.refresh_token)).status).toBe(400)
    for (const { access_token } of [tokens, next]) {
      expect(await introspect(local.url, access_token)).toEqual({ active: false })
    }
  })

  it('that comes again after its successor was used revokes what came of it', async () => {
    const { issuer, client_id, tokens } = await signIn(local.url)
    const second = await tokensOf(await refresh(issuer, client_id, tokens.refresh_token))
    const third = await tokensOf(await refresh(issuer, client_id, second.refresh_token))
    const statuses: number[] = []
    for (const { refresh_token } of [tokens, third])
      statuses.push((await refresh(issuer, client_id, refresh_token)).status)
    expect(statuses).toEqual([400, 400])
    expect(await introspect(local.url, third.access_token)).toEqual({ active: false })
    const accepted = statuses.filter((status) => status !== 400).length
    measure(
      'S5',
      `${accepted} of ${statuses.length} accepted again, window of 30 s in which a repeat ends nothing`,
    )
  })

  it('has one successor at most, however many ask at one moment', async () => {
    const { issuer, client_id, tokens } = await signIn(local.url)
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => refresh(issuer, client_id, tokens.refresh_token)),
    )
    expect(answers.filter(({ status }) => status === 200).length).toBe(1)
  })

  it('is worth nothing to another client, at another server, or with more scopes', async () => {
    const { issuer, client_id, tokens } = await signIn(local.url, { scope: 'workspace:read' })
    const thief = await register(local.url)
    expect((await refresh(issuer, thief.client_id, tokens.refresh_token)).status).toBe(400)
    const realm = mcpIssuer(local.url).replace(/\/resources.*/, '')
    expect((await refresh(realm, client_id, tokens.refresh_token)).status).toBe(401)
    const more = await refresh(issuer, client_id, tokens.refresh_token, { scope: 'workspace:write' })
    expect(more.status).toBe(400)
    expect((await refresh(issuer, client_id, tokens.refresh_token)).status).toBe(200)
  })

  it('that was revoked has no successor (RFC 7009)', async () => {
    const { issuer, client_id, tokens } = await signIn(local.url)
    const next = await tokensOf(await refresh(issuer, client_id, tokens.refresh_token))
    await fetch(`${issuer}/oauth/revoke`, {
      method: 'POST',
      body: new URLSearchParams({ client_id, token: next.refresh_token }),
    })
    expect((await refresh(issuer, client_id, tokens.refresh_token)).status).toBe(400)
  })
})
