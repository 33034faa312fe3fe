import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ACME, DEV, type Local, PRD, startLocal } from './local.js'

let local: Local
beforeAll(async () => {
  local = await startLocal()
})
beforeEach(() => local.reset())
afterAll(() => local.close())

const types = async (filter?: object) =>
  (await local.sdk(DEV).events.listEventsPaginated(30, '', filter)).events.map(({ type }) => type).reverse()

describe('events, through the official SDK', () => {
  it('tell what became of organizations, roles and permissions', async () => {
    const sdk = local.sdk(DEV)
    const { organization } = await sdk.organization.createOrganization('Hooli', { externalId: 'hooli' })
    const id = organization?.id ?? ''
    await sdk.organization.updateOrganizationByExternalId('hooli', { displayName: 'Hooli XYZ' })
    await sdk.organization.deleteOrganization(id)
    await sdk.permission.createPermission({ name: 'robots:drive', description: 'Drive' } as never)
    await sdk.role.createRole({ name: 'driver', displayName: 'Driver', permissions: [] } as never)
    await sdk.role.updateRole('driver', { displayName: 'The driver' } as never)
    await sdk.role.deleteRole('driver')
    await sdk.permission.deletePermission('robots:drive')
    expect(await types()).toEqual([
      'organization.created',
      'organization.updated',
      'organization.deleted',
      'permission.created',
      'role.created',
      'role.updated',
      'role.deleted',
      'permission.deleted',
    ])
    const { events } = await sdk.events.listEventsPaginated(30, '', { organizationId: id })
    expect(events).toMatchObject([
      { type: 'organization.deleted', data: { id, display_name: 'Hooli XYZ' } },
      { type: 'organization.updated', data: { id, external_id: 'hooli' } },
      {
        id: expect.stringMatching(/^evt_\d{18}$/),
        specVersion: '1',
        environmentId: DEV,
        organizationId: id,
        object: 3,
        displayName: 'Organization Created',
        data: { id, display_name: 'Hooli' },
      },
    ])
  })

  it('tell who was invited, joined, changed roles and left', async () => {
    const { user: api } = local.sdk(DEV)
    const { user } = await api.createUserAndMembership(ACME, { email: 'new@acme.example' })
    const id = user?.id ?? ''
    await api.createUserAndMembership(ACME, { email: 'other@acme.example', sendInvitationEmail: false })
    await api.updateMembership(ACME, id, { roles: ['guest'] })
    await api.assignUserRoles(ACME, id, ['member'])
    await api.deleteMembership(ACME, id)
    expect(await types()).toEqual([
      'user.organization_invitation',
      'user.organization_membership_created',
      'user.organization_membership_updated',
      'user.organization_membership_updated',
      'user.organization_membership_deleted',
    ])
    const { events } = await local.sdk(DEV).events.listEventsPaginated(1)
    expect(events[0]?.data).toMatchObject({
      organization: { id: ACME, external_id: 'acme' },
      user: { id, email: 'new@acme.example' },
    })
  })

  it('tell how sign-in and directories were set up', async () => {
    const { connection: api, directory } = local.sdk(DEV)
    const created = await api.createConnection(ACME, { provider: 14, type: 1 } as never)
    const id = created.connection?.id ?? ''
    await api.enableConnection(ACME, id)
    await api.disableConnection(ACME, id)
    await api.deleteConnection(ACME, id)
    await directory.disableDirectory(ACME, 'dir_100000000000000001')
    const { events } = await local.sdk(DEV).events.listEventsPaginated(30)
    const about = { id, organization_id: ACME, connection_type: 'OIDC', provider: 'IDP_SIMULATOR' }
    expect(events.map(({ type, data }) => [type, data])).toEqual([
      ['organization.directory_disabled', expect.objectContaining({ enabled: false })],
      ['organization.sso_deleted', about],
      ['organization.sso_disabled', { ...about, enabled: false, status: 'COMPLETED' }],
      ['organization.sso_enabled', { ...about, enabled: true, status: 'COMPLETED' }],
      ['organization.sso_created', about],
    ])
  })

  it('come of changes that were made, and of no others', async () => {
    const { organization: api, user } = local.sdk(DEV)
    for (const refused of [
      () => api.createOrganization('Other', { externalId: 'acme' }),
      () => api.updateOrganization('org_1', { displayName: 'X' }),
      () => api.deleteOrganization('org_1'),
      () => user.deleteMembership(ACME, 'usr_100000000000000105'),
    ])
      await expect(refused()).rejects.toThrow()
    await api.getOrganization(ACME)
    expect(await types()).toEqual([])
  })

  it('are listed in pages, filtered, and only to their environment', async () => {
    const { organization: api, events } = local.sdk(DEV)
    for (const name of ['one', 'two', 'three']) await api.createOrganization(name)
    const first = await events.listEventsPaginated(2)
    const rest = await events.listEventsPaginated(2, first.nextPageToken)
    expect([first.events.length, rest.events.length, rest.nextPageToken]).toEqual([2, 1, ''])
    expect(await types({ eventTypes: ['organization.deleted'] })).toEqual([])
    expect(await types({ source: 1 })).toHaveLength(3)
    expect(await types({ source: 2 })).toEqual([])
    expect((await local.sdk(PRD).events.listEventsPaginated()).events).toEqual([])
    const later = { seconds: BigInt(Math.floor(Date.now() / 1000) + 3600), nanos: 0 }
    expect(await types({ startTime: later })).toEqual([])
    const answer = await local.rest('POST', '/api/v1/events?page_size=1', {
      token: await local.client(DEV),
      body: { event_types: ['organization.created'] },
    })
    expect(answer.body).toMatchObject({
      total_size: 3,
      events: [{ object: 'Organization', spec_version: '1' }],
    })
    await expect(events.listEventsPaginated(2, 'x')).rejects.toThrow()
  })
})

describe('an event of your own', () => {
  const send = async (type: string, body: object, token: string) =>
    local.rest('POST', `/api/v1/events/frontend_events/${type}`, {
      ...{ token, body },
      headers: { 'x-env-domain': DEV },
    })

  it('is listed with the others, and sent by administrators of the workspace', async () => {
    const { status, body } = await send('portal.opened', { page: 'sso', took_ms: 12 }, await local.admin())
    expect([status, body]).toEqual([200, { event_id: expect.stringMatching(/^evt_\d{18}$/) }])
    const { events } = await local.sdk(DEV).events.listEventsPaginated(30, '', {})
    expect(events).toMatchObject([
      { id: body.event_id, type: 'portal.opened', data: { page: 'sso', took_ms: 12 } },
    ])
    expect((await send('portal.opened', {}, await local.viewer())).status).toBe(403)
    expect((await send('portal.opened', {}, await local.client(DEV))).status).toBe(403)
  })

  it.each(['user.created', 'ORGANIZATION.deleted', '1st', 'a%20b'])('is not called %s', async (type) => {
    expect((await send(type, {}, await local.admin())).status).toBe(400)
    expect(await types()).toEqual([])
  })
})
