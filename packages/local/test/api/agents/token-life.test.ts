import { ScalekitBadRequestException, ScalekitToolUnauthorizedException } from '@scalekit-sdk/node'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { DEV, type Local, startLocal } from '../local.js'
import { consent } from './consent.js'
import { control, requestsOf } from './control.js'

const GMAIL = 'conn_100000000000000003'
const TOKEN = `/simulator/${GMAIL}/oauth/token`
const FETCH = `/simulator/${GMAIL}/tools/gmail_fetch_mails`
const BEN = { connectionName: 'gmail', identifier: 'ben@acme.example' }
const MINUTE = 60_000
const ACTIVE = 1
const EXPIRED = 2

let local: Local
let sdk: ReturnType<Local['sdk']>
beforeAll(async () => {
  local = await startLocal()
})
beforeEach(async () => {
  await local.reset()
  sdk = local.sdk(DEV)
})
afterAll(() => local.close())

/** Ben connects his mailbox, for as long as he allows. Returns the account. */
async function connect(access = 'offline'): Promise<string> {
  const { link } = await sdk.actions.getAuthorizationLink(BEN)
  await consent(link, { access })
  return (await details()).id
}

/** What anybody may see of the account. */
async function details() {
  const token = await local.client(DEV)
  const query = `connector=gmail&identifier=${BEN.identifier}`
  const { body } = await local.rest('GET', `/api/v1/connected_accounts/details?${query}`, { token })
  return body.connected_account
}

const call = () =>
  sdk.actions.executeTool({ toolName: 'gmail_fetch_mails', toolInput: {}, identifier: BEN.identifier })

const accessToken = async () => {
  const { connectedAccount } = await sdk.actions.getConnectedAccount(BEN)
  const details = connectedAccount?.authorizationDetails?.details
  return details?.case === 'oauthToken' ? details.value.accessToken : undefined
}

/** The events of connected accounts, oldest first. */
async function events(filter: object = {}) {
  const found = (await sdk.events.listEventsPaginated(30, '', filter)).events
  return found.filter(({ type }) => type.startsWith('connected_account.')).reverse()
}
const types = async () => (await events()).map(({ type }) => type.replace('connected_account.', ''))

describe('a token of a connected account', () => {
  it('is used as it is until five minutes before it expires, and is refreshed from then on', async () => {
    const id = await connect()
    const before = await details()
    const redeemed = await requestsOf(local, TOKEN)
    local.wait(54 * MINUTE)
    await call()
    expect(await requestsOf(local, TOKEN)).toBe(redeemed)
    local.wait(2 * MINUTE)
    await call()
    expect(await requestsOf(local, TOKEN)).toBe(redeemed + 1)
    const after = await details()
    expect(after.status).toBe('ACTIVE')
    const later = Date.parse(after.token_expires_at) - Date.parse(before.token_expires_at)
    expect(later).toBeGreaterThanOrEqual(56 * MINUTE)
    const [refreshed] = (await events()).filter(({ type }) => type.endsWith('token_refresh_succeeded'))
    expect(refreshed?.data).toMatchObject({ id, status: 'ACTIVE', token_expires_at: after.token_expires_at })
  })

  it('is another one after a refresh, which keeps the scopes and the refresh token', async () => {
    await connect()
    const before = await sdk.actions.getConnectedAccount(BEN)
    local.wait(56 * MINUTE)
    const after = await sdk.actions.getConnectedAccount(BEN)
    const values = [before, after].map(
      ({ connectedAccount }) =>
        connectedAccount?.authorizationDetails?.details.value as Record<string, unknown>,
    )
    expect(values[1]?.accessToken).not.toBe(values[0]?.accessToken)
    expect(values[1]).toMatchObject({ refreshToken: values[0]?.refreshToken, scopes: values[0]?.scopes })
    local.wait(50 * MINUTE)
    expect((await call()).data).toHaveProperty('messages')
  })

  it('without a refresh token is valid for an hour, and then the account has expired', async () => {
    await connect('online')
    local.wait(59 * MINUTE)
    await call()
    const requests = await requestsOf(local, TOKEN)
    local.wait(2 * MINUTE)
    await expect(call()).rejects.toThrow(/EXPIRED/)
    expect(await requestsOf(local, TOKEN)).toBe(requests)
    expect((await details()).status).toBe('EXPIRED')
    expect((await types()).at(-1)).toBe('status_updated')
  })

  it.each([
    [
      'because the user has revoked it',
      (id: string) => control(local, 'POST', `/connected-accounts/${id}/revoke`),
    ],
    [
      'because the provider fails',
      () => control(local, 'POST', '/faults', { match: { path: TOKEN }, status: 503 }),
    ],
  ])('that is not refreshed %s expires the account, until a new link is used', async (_why, happens) => {
    const id = await connect()
    await happens(id)
    local.wait(61 * MINUTE)
    const expired = call()
    await expect(expired).rejects.toThrow(ScalekitBadRequestException)
    await expect(expired).rejects.toThrow(/is EXPIRED: have ben@acme.example connect it with a new link/)
    expect(await requestsOf(local, FETCH)).toBe(0)
    const [failed, changed] = (await events()).slice(-2)
    expect(failed).toMatchObject({ type: 'connected_account.token_refresh_failed', data: { id } })
    expect(changed).toMatchObject({
      type: 'connected_account.status_updated',
      data: { id, old_status: 'ACTIVE', status: 'EXPIRED' },
    })
    const { connectedAccount } = await sdk.actions.getConnectedAccount(BEN)
    expect(connectedAccount).toMatchObject({ id, status: EXPIRED })
    expect(await connect()).toBe(id)
    expect((await call()).data).toHaveProperty('messages')
    expect((await details()).status).toBe('ACTIVE')
  })

  it('that was revoked but has not expired is refused by the provider', async () => {
    const id = await connect()
    await control(local, 'POST', `/connected-accounts/${id}/revoke`)
    await expect(call()).rejects.toThrow(ScalekitToolUnauthorizedException)
    expect(await requestsOf(local, FETCH)).toBe(1)
    expect(await control(local, 'POST', '/connected-accounts/ca_1/revoke')).toMatchObject({
      code: 'not_found',
    })
  })

  it('that an application has set has no end', async () => {
    const authorizationDetails = {
      details: {
        case: 'oauthToken' as const,
        value: { accessToken: 'theirs', refreshToken: 'r', scopes: [] },
      },
    }
    await sdk.actions.upsertConnectedAccount({ ...BEN, authorizationDetails } as never)
    local.wait(24 * 60 * MINUTE)
    expect((await call()).data).toHaveProperty('messages')
    expect(await accessToken()).toBe('theirs')
    expect((await details()).token_expires_at ?? null).toBeNull()
  })
})

it('that was replaced while its refresh failed leaves the account active', async () => {
  await connect()
  local.wait(56 * MINUTE)
  await control(local, 'POST', '/faults', { match: { path: TOKEN }, status: 400, latency_ms: 2_000 })
  const refreshing = call().catch(() => undefined)
  const value = { accessToken: 'theirs', refreshToken: 'r', scopes: [] }
  const authorizationDetails = { details: { case: 'oauthToken' as const, value } }
  await sdk.actions.updateConnectedAccount({ ...BEN, authorizationDetails } as never)
  await refreshing
  expect(await details()).toMatchObject({ status: 'ACTIVE' })
  expect(await accessToken()).toBe('theirs')
})

describe('an account that a service account acts for', () => {
  it('gets a token when it is first needed, and another one before it expires', async () => {
    const token = await local.client(DEV)
    const connection = { type: 'GOOGLE_DWD', provider_key: 'GOOGLEDWD', key_id: 'workspace' }
    const { body } = await local.rest('POST', '/api/v1/connections', { token, body: connection })
    const path = `/api/v1/connections/${body.connection.id}`
    const settings = { ...connection, google_dwd_config: { service_account_json: '{}' } }
    await local.rest('PATCH', path, { token, body: settings })
    await local.rest('PATCH', `${path}:enable`, { token })
    const tokens = `/simulator/${body.connection.id}/oauth/token`
    const named = { connectionName: 'workspace', identifier: 'ben' }
    const details = { case: 'googleDwd' as const, value: { subject: 'ben@acme.example' } }
    await sdk.actions.createConnectedAccount({ ...named, authorizationDetails: { details } } as never)
    const authorized = async () => {
      const { connectedAccount } = await sdk.actions.getConnectedAccount(named)
      const { details } = connectedAccount?.authorizationDetails ?? {}
      return details?.case === 'googleDwd' ? details.value : undefined
    }
    const first = await authorized()
    expect(first).toMatchObject({ subject: 'ben@acme.example', accessToken: expect.stringMatching(/./) })
    expect(Number(first?.tokenExpiresAt?.seconds) * 1000).toBeGreaterThan(Date.now())
    const list = { toolName: 'googledwd_search_files', toolInput: {}, identifier: 'ben' }
    expect((await sdk.actions.executeTool(list)).data).toHaveProperty('files')
    expect(await requestsOf(local, tokens)).toBe(1)
    local.wait(56 * MINUTE)
    const second = await authorized()
    expect(second?.accessToken).not.toBe(first?.accessToken)
    expect(await requestsOf(local, tokens)).toBe(2)
    const update = { ...named, authorizationDetails: { details: { ...details, value: { ...second } } } }
    await sdk.actions.updateConnectedAccount(update as never)
    expect((await authorized())?.accessToken).not.toBe(second?.accessToken)
  })
})

describe('credentials that an application sends', () => {
  const named = { connectionName: 'freshdesk', identifier: 'ben' }

  it('may be empty, as the SDK sends them, and authorize nothing then', async () => {
    const created = await sdk.actions.getOrCreateConnectedAccount(named)
    const again = await sdk.actions.getOrCreateConnectedAccount(named)
    expect(again.connectedAccount?.id).toBe(created.connectedAccount?.id)
    // Samples write the form of the REST API here, which the SDK drops: an empty message is sent.
    const dropped = { static_auth: { details: { username: 'key' } } } as never
    const updated = await sdk.actions.updateConnectedAccount({ ...named, authorizationDetails: dropped })
    expect(updated.connectedAccount).toMatchObject({ status: 3 })
    const token = await local.client(DEV)
    const body = { connector: 'exa', identifier: 'ben', connected_account: { authorization_details: {} } }
    const empty = await local.rest('POST', '/api/v1/connected_accounts', { token, body })
    expect(empty).toMatchObject({ status: 201, body: { connected_account: { status: 'PENDING_AUTH' } } })
    await sdk.actions.deleteConnectedAccount(named)
  })

  it('activate the account, and empty ones leave it active', async () => {
    const details = { case: 'staticAuth' as const, value: { details: { username: 'key', domain: 'acme' } } }
    await sdk.actions.createConnectedAccount({ ...named, authorizationDetails: { details } } as never)
    await sdk.actions.updateConnectedAccount({ ...named, authorizationDetails: {} } as never)
    const { connectedAccount } = await sdk.actions.getConnectedAccount(named)
    expect(connectedAccount).toMatchObject({ status: ACTIVE, authorizationDetails: { details } })
    const list = { toolName: 'freshdesk_tickets_list', toolInput: {}, ...{ identifier: 'ben' } }
    expect((await sdk.actions.executeTool(list)).data).toHaveProperty('array')
  })

  it('leave settings alone, which are merged key by key', async () => {
    await sdk.actions.createConnectedAccount({
      ...named,
      apiConfig: { version: 'v2', limits: { a: 1 } },
      authorizationDetails: undefined,
    })
    await sdk.actions.updateConnectedAccount({ ...named, apiConfig: { region: 'eu', limits: { b: 2 } } })
    const { connectedAccount } = await sdk.actions.getConnectedAccount(named)
    expect(connectedAccount?.apiConfig).toEqual({ version: 'v2', region: 'eu', limits: { b: 2 } })
  })
})

describe('the events of a connected account', () => {
  it('tell its life in order, without credentials', async () => {
    const id = await connect()
    const token = await accessToken()
    await call()
    const url = `/api/v1/connected_accounts/${id}:disconnect`
    await local.rest('POST', url, { token: await local.client(DEV), body: {} })
    await sdk.actions.deleteConnectedAccount(BEN)
    expect(await types()).toEqual([
      'created',
      'magic_link_generated',
      ...['oauth_succeeded', 'oauth_tokens_fetched', 'status_updated', 'updated'],
      ...['status_updated', 'updated'],
      'deleted',
    ])
    const all = await events()
    expect(all[0]).toMatchObject({
      environmentId: DEV,
      object: 41,
      data: {
        id,
        identifier: 'ben@acme.example',
        connection_id: GMAIL,
        connection_name: 'gmail',
        provider: 'GMAIL',
        authorization_type: 'OAUTH',
        status: 'PENDING_AUTH',
      },
    })
    expect(all[4]?.data).toMatchObject({ old_status: 'PENDING_AUTH', status: 'ACTIVE' })
    expect(JSON.stringify(all, (_, value) => (typeof value === 'bigint' ? `${value}` : value))).not.toContain(
      token,
    )
  })

  it('are found by the account and by the connection', async () => {
    const id = await connect()
    await sdk.actions.getOrCreateConnectedAccount({ connectionName: 'exa', identifier: 'ben' })
    expect(await events({ connectedAccountId: id })).toHaveLength(6)
    expect(await events({ connectionId: GMAIL })).toHaveLength(6)
    expect(await events({ connectionId: 'conn_100000000000000008' })).toHaveLength(1)
  })

  it('of a new account are delivered once to webhooks', async () => {
    await control(local, 'POST', '/webhooks', { environment: DEV, url: 'http://localhost:3999/hooks' })
    await sdk.actions.getOrCreateConnectedAccount(BEN)
    await sdk.actions.getOrCreateConnectedAccount(BEN)
    const created = async () =>
      (await control(local, 'GET', '/outbox')).messages.filter(
        ({ subject }: { subject: string }) => subject === 'connected_account.created',
      )
    await expect.poll(created).toHaveLength(1)
    expect(JSON.parse((await created())[0].text)).toMatchObject({
      spec_version: '1',
      type: 'connected_account.created',
      environment_id: DEV,
      object: 'ConnectedAccount',
    })
  })
})
