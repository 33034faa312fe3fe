import {
  ScalekitBadRequestException,
  ScalekitConflictException,
  ScalekitNotFoundException,
} from '@scalekit-sdk/node'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ACME, DEV, type Local, PRD, startLocal } from './local.js'

const ANA = { connector: 'gmail', identifier: 'ana@acme.example' }
const BEN = { connector: 'gmail', identifier: 'ben@acme.example' }
const TOKENS = {
  details: {
    case: 'oauthToken' as const,
    value: { accessToken: 'provider-token', refreshToken: 'provider-refresh', scopes: ['mail.read'] },
  },
}
const ACTIVE = 1
const PENDING_AUTH = 3

let local: Local
beforeAll(async () => {
  local = await startLocal()
})
beforeEach(() => local.reset())
afterAll(() => local.close())

describe('connected accounts, through the official SDK', () => {
  it('wait for authorization, and are active with it', async () => {
    const { connectedAccounts: api } = local.sdk(DEV)
    const created = await api.createConnectedAccount({ ...BEN, connectedAccount: {} as never })
    expect(created.connectedAccount).toMatchObject({
      id: expect.stringMatching(/^ca_\d{18}$/),
      identifier: 'ben@acme.example',
      connector: 'gmail',
      provider: 'GMAIL',
      connectionId: 'conn_100000000000000003',
      status: PENDING_AUTH,
      authorizationType: 1,
    })
    const updated = await api.updateConnectedAccount({
      ...BEN,
      connectedAccount: { authorizationDetails: TOKENS } as never,
    })
    expect(updated.connectedAccount).toMatchObject({ status: ACTIVE })
    await api.deleteConnectedAccount(BEN)
    await expect(api.getConnectedAccountByIdentifier(BEN)).rejects.toThrow(ScalekitNotFoundException)
    await expect(api.deleteConnectedAccount(BEN)).rejects.toThrow(ScalekitNotFoundException)
    await expect(api.updateConnectedAccount({ ...BEN, connectedAccount: {} as never })).rejects.toThrow(
      ScalekitNotFoundException,
    )
  })

  it('are made when they are first asked for', async () => {
    const { connectedAccounts: api } = local.sdk(DEV)
    const first = await api.getOrCreateConnectedAccount(BEN)
    const second = await api.upsertConnectedAccount({ ...BEN, authorizationDetails: TOKENS })
    expect(second.connectedAccount).toMatchObject({ id: first.connectedAccount?.id, status: ACTIVE })
    await expect(api.createConnectedAccount({ ...BEN, connectedAccount: {} as never })).rejects.toThrow(
      ScalekitConflictException,
    )
  })

  it('return their tokens in create, update and auth only', async () => {
    const { connectedAccounts: api } = local.sdk(DEV)
    const created = await api.createConnectedAccount({
      ...BEN,
      connectedAccount: { authorizationDetails: TOKENS, apiConfig: { region: 'eu' } } as never,
    })
    const id = created.connectedAccount?.id ?? ''
    const auth = await api.getConnectedAccountByIdentifier(BEN)
    expect(auth.connectedAccount).toMatchObject({
      apiConfig: { region: 'eu' },
      authorizationDetails: { details: { case: 'oauthToken', value: { accessToken: 'provider-token' } } },
    })
    const token = await local.client(DEV)
    const query = 'connector=gmail&identifier=ben@acme.example'
    expect(created.connectedAccount?.authorizationDetails).toMatchObject(TOKENS)
    const others = [
      await api.listConnectedAccounts(BEN),
      (await local.rest('GET', `/api/v1/connected_accounts/details?${query}`, { token })).body,
      (await local.rest('GET', `/api/v1/connected_accounts/${id}`, { token })).body,
      (await local.rest('GET', '/api/v1/connected_accounts:search?query=ben', { token })).body,
    ]
    const shown = JSON.stringify(others, (_, value) => (typeof value === 'bigint' ? String(value) : value))
    expect(shown).toContain('ben@acme.example')
    expect(shown).not.toContain('provider-')
  })

  it('lose their tokens when they are disconnected', async () => {
    const { connectedAccounts: api } = local.sdk(DEV)
    await api.getOrCreateConnectedAccount({ ...BEN, authorizationDetails: TOKENS })
    const found = await api.getConnectedAccountByIdentifier(BEN)
    const token = await local.client(DEV)
    const url = `/api/v1/connected_accounts/${found.connectedAccount?.id}:disconnect`
    const answer = await local.rest('POST', url, { token, body: {} })
    expect(answer.body.connected_account).toMatchObject({ status: 'DISCONNECTED' })
    expect((await api.getConnectedAccountByIdentifier(BEN)).connectedAccount).not.toHaveProperty(
      'authorizationDetails.details.value',
    )
    expect(
      (await local.rest('POST', '/api/v1/connected_accounts/ca_1:disconnect', { token, body: {} })).status,
    ).toBe(404)
  })

  it('are authorized by what their connection takes', async () => {
    const { connectedAccounts: api } = local.sdk(DEV)
    const key = { details: { case: 'staticAuth' as const, value: { details: { api_key: 'k' } } } }
    await expect(
      api.createConnectedAccount({ ...BEN, connectedAccount: { authorizationDetails: key } as never }),
    ).rejects.toThrow(ScalekitBadRequestException)
    await expect(
      api.createConnectedAccount({ connector: 'none', identifier: 'x', connectedAccount: {} as never }),
    ).rejects.toThrow(ScalekitNotFoundException)
  })

  it('are listed newest first, in pages, and filtered', async () => {
    const { connectedAccounts: api } = local.sdk(DEV)
    await api.createConnectedAccount({
      ...BEN,
      organizationId: ACME,
      userId: 'usr_100000000000000102',
      connectedAccount: {} as never,
    })
    const first = await api.listConnectedAccounts({ pageSize: 1 })
    expect([first.totalSize, first.connectedAccounts.map(({ identifier }) => identifier)]).toEqual([
      11,
      ['ben@acme.example'],
    ])
    const rest = await api.listConnectedAccounts({ pageSize: 20, pageToken: first.nextPageToken })
    expect([rest.nextPageToken, rest.connectedAccounts.at(-1)?.identifier]).toEqual(['', 'ana@acme.example'])
    const count = async (options: Parameters<typeof api.listConnectedAccounts>[0]) =>
      (await api.listConnectedAccounts(options)).totalSize
    expect(await count({ organizationId: ACME })).toBe(1)
    expect(await count({ userId: 'usr_100000000000000102' })).toBe(1)
    expect(await count({ provider: 'GMAIL' })).toBe(3)
    expect(await count({ provider: 'NOTION' })).toBe(1)
    expect(await count({ provider: 'NOBODY' })).toBe(0)
    expect(await count({ connectionNames: ['gmail'] })).toBe(3)
    expect(await count({ connector: 'GMAIL' })).toBe(3)
    expect(await count({ connector: 'nowhere' })).toBe(0)
    expect(await count({ query: 'BEN' })).toBe(1)
    await expect(api.listConnectedAccounts({ pageSize: 100 })).rejects.toThrow(ScalekitBadRequestException)
    const both = { connector: 'gmail', connectionNames: ['gmail'] }
    await expect(api.listConnectedAccounts(both)).rejects.toThrow(ScalekitBadRequestException)
  })

  it('have links to authorize them, which are not stored', async () => {
    const { connectedAccounts: api } = local.sdk(DEV)
    const { link, expiry } = await api.getMagicLinkForConnectedAccount(ANA)
    expect(link).toMatch(/\/magicLink\/[0-9a-f-]{36}_o$/)
    expect(Number(expiry?.seconds) * 1000).toBeGreaterThan(Date.now())
    const rows = await local.database.db.selectFrom('links').selectAll().execute()
    expect(rows).toHaveLength(1)
    expect(JSON.stringify(rows)).not.toContain(link.split('/').at(-1))
  })

  it('of another environment are not found, and go with their connection', async () => {
    const { connectedAccounts: api } = local.sdk(PRD)
    const byId = { connectedAccountId: 'ca_100000000000000001' }
    await expect(api.deleteConnectedAccount(byId)).rejects.toThrow(ScalekitNotFoundException)
    expect((await api.listConnectedAccounts()).connectedAccounts).toEqual([])
    const token = await local.client(DEV)
    await local.rest('DELETE', '/api/v1/connections/conn_100000000000000003', { token })
    const left = await local.sdk(DEV).connectedAccounts.listConnectedAccounts({ provider: 'GMAIL' })
    expect(left.totalSize).toBe(0)
  })
})

describe('the actions of the official SDK', () => {
  it('reach the same accounts', async () => {
    const { actions } = local.sdk(DEV)
    const named = { connectionName: 'gmail', identifier: 'ben@acme.example' }
    const made = await actions.getOrCreateConnectedAccount(named)
    const { link } = await actions.getAuthorizationLink(named)
    expect(link).toContain('/magicLink/')
    await actions.updateConnectedAccount({ ...named, apiConfig: { region: 'eu' } })
    expect((await actions.getConnectedAccount(named)).connectedAccount).toMatchObject({
      id: made.connectedAccount?.id,
      apiConfig: { region: 'eu' },
    })
    expect((await actions.listConnectedAccounts(named)).totalSize).toBe(1)
    const { connections } = await actions.listConnections({ provider: 'GMAIL' })
    expect(connections).toMatchObject([{ connectionName: 'GMAIL-test' }, { connectionName: 'gmail' }])
    await actions.deleteConnectedAccount(named)
    await expect(actions.getConnectedAccount(named)).rejects.toThrow(ScalekitNotFoundException)
  })
})
