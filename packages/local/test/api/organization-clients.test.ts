import { ScalekitBadRequestException, ScalekitNotFoundException } from '@scalekit-sdk/node'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ACME, DEV, GLOBEX, type Local, PRD, startLocal } from './local.js'

let local: Local
beforeAll(async () => {
  local = await startLocal()
})
beforeEach(() => local.reset())
afterAll(() => local.close())

const options = {
  name: 'Robot',
  description: 'Welds',
  scopes: ['deploy:run'],
  audience: ['https://api.acme.example'],
  customClaims: { tier: 'gold' },
}

describe('the clients of an organization, through the official SDK', () => {
  it('are created, read, changed and deleted', async () => {
    const { m2m } = local.sdk(DEV)
    const created = await m2m.createOrganizationClient(ACME, options)
    expect(created.plainSecret.length).toBeGreaterThan(40)
    expect(created.client).toMatchObject({
      clientId: expect.stringMatching(/^m2morg_\d{18}$/),
      organizationId: ACME,
      name: 'Robot',
      description: 'Welds',
      scopes: ['deploy:run'],
      audience: ['https://api.acme.example'],
      customClaims: [{ key: 'tier', value: 'gold' }],
      expiry: 3600n,
      secrets: [{ secretSuffix: created.plainSecret.slice(-4) }],
    })
    const id = created.client?.clientId ?? ''
    expect((await m2m.getOrganizationClient(ACME, id)).client).toEqual(created.client)
    const changed = await m2m.updateOrganizationClient(ACME, id, { scopes: ['deploy:stop'] })
    expect(changed.client).toMatchObject({ name: 'Robot', scopes: ['deploy:stop'] })
    await m2m.deleteOrganizationClient(ACME, id)
    await expect(m2m.getOrganizationClient(ACME, id)).rejects.toThrow(ScalekitNotFoundException)
    await expect(m2m.deleteOrganizationClient(ACME, id)).rejects.toThrow(ScalekitNotFoundException)
  })

  it('have secrets that can be added and removed', async () => {
    const { m2m } = local.sdk(DEV)
    const { client, plainSecret } = await m2m.createOrganizationClient(ACME)
    const id = client?.clientId ?? ''
    const added = await m2m.addOrganizationClientSecret(ACME, id)
    expect(added.plainSecret).not.toBe(plainSecret)
    const first = client?.secrets[0]?.id ?? ''
    await m2m.removeOrganizationClientSecret(ACME, id, first)
    const left = await m2m.getOrganizationClient(ACME, id)
    expect(left.client?.secrets.map((secret) => secret.id)).toEqual([added.secret?.id])
    await expect(m2m.removeOrganizationClientSecret(ACME, id, first)).rejects.toThrow(
      ScalekitNotFoundException,
    )
    await expect(m2m.addOrganizationClientSecret(GLOBEX, id)).rejects.toThrow(ScalekitNotFoundException)
    const rows = await local.database.db.selectFrom('m2m_clients').selectAll().execute()
    for (const secret of [plainSecret, added.plainSecret]) expect(JSON.stringify(rows)).not.toContain(secret)
  })

  it('are listed newest first, in pages', async () => {
    const { m2m } = local.sdk(DEV)
    for (const name of ['one', 'two', 'three']) await m2m.createOrganizationClient(ACME, { name })
    await m2m.createOrganizationClient(GLOBEX, { name: 'other' })
    const first = await m2m.listOrganizationClients(ACME, { pageSize: 2 })
    expect([first.totalSize, first.clients.map(({ name }) => name)]).toEqual([3, ['three', 'two']])
    const rest = await m2m.listOrganizationClients(ACME, { pageSize: 2, pageToken: first.nextPageToken })
    expect([rest.nextPageToken, rest.clients.map(({ name }) => name)]).toEqual(['', ['one']])
    await expect(m2m.listOrganizationClients(GLOBEX, { pageToken: first.nextPageToken })).rejects.toThrow(
      ScalekitBadRequestException,
    )
    await expect(m2m.listOrganizationClients('org_1')).rejects.toThrow(ScalekitNotFoundException)
  })

  it('belong to their organization, and go with it', async () => {
    const { m2m, organization } = local.sdk(DEV)
    const { client } = await m2m.createOrganizationClient(ACME, options)
    const id = client?.clientId ?? ''
    await expect(m2m.getOrganizationClient(GLOBEX, id)).rejects.toThrow(ScalekitNotFoundException)
    await expect(m2m.updateOrganizationClient(GLOBEX, id, { name: 'Mine' })).rejects.toThrow(
      ScalekitNotFoundException,
    )
    await expect(local.sdk(PRD).m2m.getOrganizationClient(ACME, id)).rejects.toThrow(
      ScalekitNotFoundException,
    )
    await expect(m2m.createOrganizationClient('org_1', options)).rejects.toThrow(ScalekitNotFoundException)
    await organization.deleteOrganization(ACME)
    expect(await local.database.db.selectFrom('m2m_clients').selectAll().execute()).toEqual([])
  })

  it('answer as documented over REST, and hold their tokens to five minutes at least', async () => {
    const token = await local.client(DEV)
    const url = `/api/v1/organizations/${ACME}/clients`
    const created = await local.rest('POST', url, { token, body: { name: 'Robot', expiry: '600' } })
    expect([created.status, created.body]).toMatchObject([
      201,
      { client: { name: 'Robot', expiry: '600', is_dcr: false }, plain_secret: expect.any(String) },
    ])
    const secret = await local.rest('POST', `${url}/${created.body.client.client_id}/secrets`, { token })
    expect(secret.status).toBe(201)
    expect(await local.rest('POST', url, { token, body: { expiry: '60' } })).toMatchObject({
      status: 400,
      body: { details: [{ validation_error_info: { field_violations: [{ field: 'client.expiry' }] } }] },
    })
  })
})
