import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import {
  ScalekitBadRequestException,
  ScalekitNotFoundException,
  ScalekitTooManyRequestsException,
  ScalekitValidateTokenFailureException,
} from '@scalekit-sdk/node'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ACME, DEV, GLOBEX, type Local, PRD, startLocal } from './local.js'

const ANA = 'usr_100000000000000101'

let local: Local
beforeAll(async () => {
  local = await startLocal()
})
beforeEach(() => local.reset())
afterAll(() => local.close())

describe('API tokens, through the official SDK', () => {
  it('are shown once, validated, changed and invalidated', async () => {
    const { token: api } = local.sdk(DEV)
    const created = await api.createToken(ACME, {
      userId: ANA,
      customClaims: { scope: 'read' },
      description: 'CI',
    })
    expect(created.token).toMatch(/^[0-9A-Za-z]{43}$/)
    expect(created.tokenInfo).toMatchObject({
      tokenId: expect.stringMatching(/^apit_\d{18}$/),
      organizationId: ACME,
      organizationExternalId: 'acme',
      userId: ANA,
      userExternalId: 'acme-1',
      email: 'ana@acme.example',
      roles: ['admin'],
      customClaims: { scope: 'read' },
      description: 'CI',
      tokenSuffix: created.token.slice(-4),
    })
    for (const name of [created.token, created.tokenId])
      expect((await api.validateToken(name)).tokenInfo).toEqual(created.tokenInfo)
    const changed = await api.updateToken(created.token, { description: 'Deploys' })
    expect(changed.tokenInfo).toMatchObject({ description: 'Deploys', customClaims: { scope: 'read' } })
    const rows = await local.database.db.selectFrom('api_tokens').selectAll().execute()
    expect(JSON.stringify(rows)).not.toContain(created.token)

    await api.invalidateToken(created.token)
    await api.invalidateToken(created.tokenId)
    await expect(api.validateToken(created.token)).rejects.toThrow(ScalekitValidateTokenFailureException)
    await expect(api.updateToken(created.token, { description: 'x' })).rejects.toThrow(
      ScalekitNotFoundException,
    )
  })

  it('end when they expire, when their user or organization goes, and where they are not', async () => {
    const sdk = local.sdk(DEV)
    const expiry = timestampFromMs(Date.now() + 3_600_000)
    const { token } = await sdk.token.createToken(ACME, { expiry })
    await expect(local.sdk(PRD).token.validateToken(token)).rejects.toThrow(
      ScalekitValidateTokenFailureException,
    )
    await local.sdk(PRD).token.invalidateToken(token)
    expect((await sdk.token.validateToken(token)).tokenInfo?.expiry).toEqual(expiry)
    local.wait(3_700_000)
    await expect(local.sdk(DEV).token.validateToken(token)).rejects.toThrow(
      ScalekitValidateTokenFailureException,
    )
    expect((await local.sdk(DEV).token.listTokens(ACME)).totalCount).toBe(0)
    const users = await local.sdk(DEV).token.createToken(ACME, { userId: ANA })
    await local.sdk(DEV).user.deleteUser(ANA)
    await expect(local.sdk(DEV).token.validateToken(users.token)).rejects.toThrow(
      ScalekitValidateTokenFailureException,
    )
  })

  it('are for organizations and members that are there, and for the future', async () => {
    const { token: api } = local.sdk(DEV)
    await expect(api.createToken('org_1')).rejects.toThrow(ScalekitNotFoundException)
    await expect(api.createToken(GLOBEX, { userId: ANA })).rejects.toThrow(ScalekitNotFoundException)
    await expect(api.createToken(ACME, { expiry: timestampFromMs(1) })).rejects.toThrow(
      ScalekitBadRequestException,
    )
    await expect(api.createToken(ACME, { customClaims: { k: 'x'.repeat(300) } })).rejects.toThrow(
      ScalekitBadRequestException,
    )
  })

  it('are listed newest first, in pages, also for one user', async () => {
    const { token: api } = local.sdk(DEV)
    await api.createToken(ACME, { description: 'one' })
    await api.createToken(ACME, { description: 'two', userId: ANA })
    const first = await api.listTokens(ACME, { pageSize: 1 })
    expect([first.totalCount, first.tokens.map(({ description }) => description)]).toEqual([2, ['two']])
    const rest = await api.listTokens(ACME, { pageSize: 1, pageToken: first.nextPageToken })
    expect(rest.tokens.map(({ description }) => description)).toEqual(['one'])
    expect((await api.listTokens(ACME, { userId: ANA })).totalCount).toBe(1)
    await expect(api.listTokens('org_1')).rejects.toThrow(ScalekitNotFoundException)
  })
})

describe('passwordless sign-in, through the official SDK', () => {
  const outbox = async () => {
    const response = await fetch(`${local.url}/__local/outbox`, { headers: { 'x-scalekit-local': '1' } })
    const { messages } = (await response.json()) as {
      messages: { kind: string; to: string; code?: string; link?: string; text: string }[]
    }
    return messages.filter(({ kind }) => kind === 'email')
  }

  it('sends a code and a link, of which either counts, once', async () => {
    const { passwordless: api } = local.sdk(DEV)
    const sent = await api.sendPasswordlessEmail('New@acme.example', {
      template: 'SIGNIN' as never,
      state: 'mine',
      magiclinkAuthUri: 'https://app.example/verify?x=1',
    })
    expect(sent).toMatchObject({ expiresIn: 300, passwordlessType: 3, authRequestId: expect.any(String) })
    const [mail] = await outbox()
    expect(mail).toMatchObject({ to: 'new@acme.example', code: expect.stringMatching(/^\d{6}$/) })
    expect(mail?.link).toMatch(/^https:\/\/app\.example\/verify\?x=1&link_token=[\w-]{43}$/)
    const rows = JSON.stringify(
      await local.database.db.selectFrom('passwordless_requests').selectAll().execute(),
    )
    expect(rows).not.toContain(mail?.link?.split('=').at(-1))

    const verified = await api.verifyPasswordlessEmail({ code: mail?.code ?? '' }, sent.authRequestId)
    expect(verified).toMatchObject({
      email: 'new@acme.example',
      state: 'mine',
      template: 1,
      passwordlessType: 3,
    })
    const linkToken = new URL(mail?.link ?? '').searchParams.get('link_token') ?? ''
    for (const credential of [{ code: mail?.code ?? '' }, { linkToken }])
      await expect(api.verifyPasswordlessEmail(credential, sent.authRequestId)).rejects.toThrow(
        ScalekitBadRequestException,
      )
  })

  it('takes the link alone, and a code only with its request', async () => {
    const { passwordless: api } = local.sdk(DEV)
    await api.sendPasswordlessEmail('ana@acme.example', { magiclinkAuthUri: 'http://localhost:3000/verify' })
    const [mail] = await outbox()
    await expect(api.verifyPasswordlessEmail({ code: mail?.code ?? '' })).rejects.toThrow(
      ScalekitBadRequestException,
    )
    const linkToken = new URL(mail?.link ?? '').searchParams.get('link_token') ?? ''
    expect(await api.verifyPasswordlessEmail({ linkToken })).toMatchObject({ email: 'ana@acme.example' })
  })

  it('stops guesses, and forgets what has expired or was sent again', async () => {
    const { passwordless: api } = local.sdk(DEV)
    const { authRequestId, passwordlessType } = await api.sendPasswordlessEmail('test+sktest@acme.example')
    expect(passwordlessType).toBe(1)
    expect((await outbox())[0]?.code).toBe('424242')
    const verify = (id: string, code: string) => api.verifyPasswordlessEmail({ code }, id)
    for (let guess = 0; guess < 5; guess++)
      await expect(verify(authRequestId, '000000')).rejects.toThrow(ScalekitBadRequestException)
    await expect(verify(authRequestId, '424242')).rejects.toThrow(ScalekitTooManyRequestsException)

    const first = await api.sendPasswordlessEmail('other+sktest@acme.example')
    const again = await api.resendPasswordlessEmail(first.authRequestId)
    expect(again.authRequestId).not.toBe(first.authRequestId)
    await expect(verify(first.authRequestId, '424242')).rejects.toThrow(ScalekitBadRequestException)
    await expect(api.resendPasswordlessEmail(first.authRequestId)).rejects.toThrow(ScalekitNotFoundException)
    local.wait(301_000)
    await expect(
      local.sdk(DEV).passwordless.verifyPasswordlessEmail({ code: '424242' }, again.authRequestId),
    ).rejects.toThrow(ScalekitBadRequestException)
  })

  it('is redeemed by one of two at the same moment', async () => {
    const { passwordless: api } = local.sdk(DEV)
    const { authRequestId } = await api.sendPasswordlessEmail('test+sktest@acme.example')
    const both = [1, 2].map(() => api.verifyPasswordlessEmail({ code: '424242' }, authRequestId))
    const states = (await Promise.allSettled(both)).map(({ status }) => status).sort()
    expect(states).toEqual(['fulfilled', 'rejected'])
  })

  it('needs a connection that is enabled, and a page that takes its links', async () => {
    const { passwordless: api } = local.sdk(DEV)
    await expect(api.sendPasswordlessEmail('nobody')).rejects.toThrow(ScalekitBadRequestException)
    for (const magiclinkAuthUri of ['javascript:alert(1)', 'nowhere'])
      await expect(api.sendPasswordlessEmail('a@acme.example', { magiclinkAuthUri })).rejects.toThrow(
        ScalekitBadRequestException,
      )
    const token = await local.client(DEV)
    await local.rest('PATCH', '/api/v1/connections/conn_100000000000000001:disable', { token })
    await expect(api.sendPasswordlessEmail('a@acme.example')).rejects.toThrow(ScalekitBadRequestException)
    expect(await outbox()).toEqual([])
  })
})

describe('passkeys, through the official SDK', () => {
  beforeEach(async () => {
    const row = { environment_id: DEV, user_id: ANA, created_at: 1, updated_at: 1 }
    const data = JSON.stringify({ credentialId: 'AQID', displayName: 'Laptop', transports: ['internal'] })
    await local.database.db
      .insertInto('passkeys')
      .values({ ...row, id: 'cred_1', data })
      .execute()
  })

  it('are listed, renamed and deleted', async () => {
    const { webauthn: api } = local.sdk(DEV)
    expect(await api.listCredentials(ANA)).toMatchObject({
      credentials: [{ id: 'cred_1', userId: ANA, displayName: 'Laptop', transports: ['internal'] }],
      allAcceptedCredentialsOptions: { rpId: 'localhost', userId: ANA, allAcceptedCredentialIds: ['AQID'] },
    })
    expect((await api.updateCredential('cred_1', 'Phone')).credential).toMatchObject({ displayName: 'Phone' })
    expect(await api.deleteCredential('cred_1')).toMatchObject({
      success: true,
      unknownCredentialOptions: { rpId: 'localhost', credentialId: 'AQID' },
    })
    expect((await api.listCredentials(ANA)).credentials).toEqual([])
    await expect(api.deleteCredential('cred_1')).rejects.toThrow(ScalekitNotFoundException)
    await expect(api.updateCredential('cred_1', 'X')).rejects.toThrow(ScalekitNotFoundException)
    await expect(api.listCredentials('usr_1')).rejects.toThrow(ScalekitNotFoundException)
  })

  it('belong to their user', async () => {
    const ben = 'usr_100000000000000102'
    const url = `/${DEV}/api/v1/webauthn/credentials`
    const token = await local.session(ben)
    expect((await local.rest('GET', url, { token })).body.credentials).toEqual([])
    expect((await local.rest('GET', `${url}?user_id=${ANA}`, { token })).status).toBe(403)
    expect((await local.rest('DELETE', `${url}/cred_1`, { token })).status).toBe(404)
    expect((await local.rest('GET', url, { token: await local.session(ANA) })).body.credentials).toHaveLength(
      1,
    )
    await expect(local.sdk(PRD).webauthn.deleteCredential('cred_1')).rejects.toThrow(
      ScalekitNotFoundException,
    )
  })
})
