import {
  ScalekitBadRequestException,
  ScalekitConflictException,
  ScalekitNotFoundException,
} from '@scalekit-sdk/node'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ACME, DEV, GLOBEX, type Local, PRD, startLocal } from './local.js'

let local: Local
beforeAll(async () => {
  local = await startLocal()
})
beforeEach(() => local.reset())
afterAll(() => local.close())

describe('organizations, through the official SDK', () => {
  it('are created, read by either id, changed and deleted', async () => {
    const { organization: api } = local.sdk(DEV)
    const { organization } = await api.createOrganization('Hooli', { externalId: 'hooli', slug: 'hooli' })
    expect(organization?.id).toMatch(/^org_\d{18}$/)
    expect(organization).toMatchObject({
      displayName: 'Hooli',
      externalId: 'hooli',
      slug: 'hooli',
      metadata: {},
    })
    const id = organization?.id ?? ''
    expect((await api.getOrganizationByExternalId('hooli')).organization?.id).toBe(id)

    const changed = await api.updateOrganization(id, { displayName: 'Hooli XYZ', metadata: { tier: 'gold' } })
    expect(changed.organization).toMatchObject({
      displayName: 'Hooli XYZ',
      externalId: 'hooli',
      metadata: { tier: 'gold' },
    })
    expect((await api.getOrganization(id)).organization).toEqual(changed.organization)

    await api.deleteOrganization(id)
    await expect(api.getOrganization(id)).rejects.toThrow(ScalekitNotFoundException)
  })

  it('take their users’ memberships with them, and the users who are in no other', async () => {
    const sdk = local.sdk(DEV)
    await sdk.organization.deleteOrganization(ACME)
    await expect(sdk.user.getUser('usr_100000000000000101')).rejects.toThrow(ScalekitNotFoundException)
    const { user } = await sdk.user.getUser('usr_100000000000000103')
    expect(user?.memberships.map(({ organizationId }) => organizationId)).toEqual([GLOBEX])
  })

  it('have a slug that no other has, and no negative limit of users', async () => {
    const { organization: api } = local.sdk(DEV)
    const slug = 'acme-robotics'
    await expect(api.createOrganization('Other', { slug })).rejects.toThrow(ScalekitConflictException)
    const token = await local.client(DEV)
    const call = (path: string, body: unknown) =>
      local.rest('PATCH', `/api/v1/organizations/${path}`, { token, body })
    expect((await call(GLOBEX, { slug })).status).toBe(409)
    expect((await call(ACME, { slug })).status).toBe(200)
    const settings = { max_allowed_users: -4 }
    expect((await call(`${ACME}/settings/usermanagement`, { settings })).status).toBe(400)
  })

  it('have no NUL in any text, which PostgreSQL cannot store', async () => {
    const sent = { display_name: 'Hooli', metadata: { note: 'a\0b' } }
    const { status, body } = await local.rest('POST', '/api/v1/organizations', {
      token: await local.client(DEV),
      body: sent,
    })
    expect([status, JSON.stringify(body)]).toEqual([
      400,
      expect.stringContaining('organization.metadata.note: must not contain U+0000'),
    ])
  })

  it('have an external id that no other has', async () => {
    const { organization: api } = local.sdk(DEV)
    await expect(api.createOrganization('Other', { externalId: 'acme' })).rejects.toThrow(
      ScalekitConflictException,
    )
    await expect(api.updateOrganizationByExternalId('globex', { externalId: 'acme' })).rejects.toThrow(
      ScalekitConflictException,
    )
    await local.sdk(PRD).organization.createOrganization('Other', { externalId: 'acme-in-production' })
  })

  it('are created once when many ask for one external id at the same time', async () => {
    const { organization: api } = local.sdk(DEV)
    await api.listOrganization({})
    const calls = Array.from({ length: 10 }, () => api.createOrganization('Hooli', { externalId: 'hooli' }))
    const results = await Promise.allSettled(calls)
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
    expect(refused).toHaveLength(9)
    expect(refused.every((reason) => reason instanceof ScalekitConflictException)).toBe(true)
  })

  it('are not found from another environment', async () => {
    const { organization: api } = local.sdk(PRD)
    await expect(api.getOrganization(ACME)).rejects.toThrow(ScalekitNotFoundException)
    await expect(api.updateOrganization(ACME, { displayName: 'Mine' })).rejects.toThrow(
      ScalekitNotFoundException,
    )
    await expect(api.deleteOrganization(ACME)).rejects.toThrow(ScalekitNotFoundException)
    expect((await local.sdk(DEV).organization.getOrganization(ACME)).organization?.displayName).toBe(
      'Acme Robotics',
    )
  })

  it('are held to the rules of the API', async () => {
    const { organization: api } = local.sdk(DEV)
    const error = await api.createOrganization('').catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ScalekitBadRequestException)
    expect(String(error)).toContain('organization.display_name')
    await expect(api.createOrganization('Hooli', { slug: 'Not A Slug' })).rejects.toThrow(
      ScalekitBadRequestException,
    )
  })

  it('have settings', async () => {
    const { organization: api } = local.sdk(DEV)
    const features = [{ name: 'sso', enabled: true }]
    const { organization } = await api.updateOrganizationSettings(ACME, { features })
    expect(organization?.settings?.features).toMatchObject(features)
    expect(
      (await api.updateOrganizationSettings(ACME, { features: [{ name: 'directory_sync', enabled: true }] }))
        .organization?.settings?.features,
    ).toMatchObject([
      { name: 'sso', enabled: true },
      { name: 'dir_sync', enabled: true },
    ])
    expect(await api.upsertUserManagementSettings(ACME, { maxAllowedUsers: 50 })).toMatchObject({
      maxAllowedUsers: 50,
    })
    expect((await api.getOrganizationUserManagementSetting(ACME)).settings).toMatchObject({
      maxAllowedUsers: 50,
    })
  })

  it('have a session policy of their own, or that of the application', async () => {
    const { organization: api } = local.sdk(DEV)
    expect(await api.getOrganizationSessionPolicy(ACME)).toMatchObject({ policySource: 1 })
    const policy = {
      policySource: 'CUSTOM',
      absoluteSessionTimeout: 360,
      absoluteSessionTimeoutUnit: 'MINUTES',
    } as const
    await api.updateOrganizationSessionPolicy(ACME, policy)
    expect(await api.getOrganizationSessionPolicy(ACME)).toMatchObject({
      policySource: 2,
      absoluteSessionTimeout: 360,
    })
    await api.updateOrganizationSessionPolicy(ACME, { policySource: 'APPLICATION' })
    expect(await api.getOrganizationSessionPolicy(ACME)).toMatchObject({ policySource: 1 })
  })

  it('are found by a part of their name, whatever its case', async () => {
    const { organization: api } = local.sdk(DEV)
    expect((await api.searchOrganization('ROBOT')).organizations.map(({ id }) => id)).toEqual([ACME])
    expect((await api.searchOrganization('%%%')).organizations).toEqual([])
    const { organization } = await api.createOrganization('Ärzte am Ölberg')
    const found = await api.searchOrganization('Ärzte')
    expect(found.organizations.map(({ id }) => id)).toEqual([organization?.id])
    expect(found.totalSize).toBe(1)
  })

  it('have links to their admin portal, for a minute each', async () => {
    const { organization: api } = local.sdk(DEV)
    const link = await api.generatePortalLink(ACME)
    expect(link.id).toMatch(/^lnk_\d{18}$/)
    expect(link.location).toMatch(/\/magicLink\/[0-9a-f-]{36}_p$/)
    expect((await api.generatePortalLink(ACME)).location).not.toBe(link.location)
    const token = await local.admin()
    const headers = { 'x-env-domain': DEV }
    const url = `/api/v1/organizations/${ACME}/portal_links`
    const listed = await local.rest('GET', url, { token, headers })
    expect(listed.body.links).toHaveLength(2)
    const ids = listed.body.links.map(({ id }: { id: string }) => id)
    expect(ids).toContain(link.id)
    const lives = Number(link.expireTime?.seconds) * 1000 - Date.now()
    expect(lives).toBeGreaterThan(50_000)
    expect(lives).toBeLessThanOrEqual(60_000)
    const secret = link.location.split('/').at(-1) ?? ''
    const stored = await local.database.db.selectFrom('links').selectAll().execute()
    for (const where of [listed.body, stored]) expect(JSON.stringify(where)).not.toContain(secret)

    expect((await local.rest('DELETE', `${url}/${link.id}`, { token, headers })).status).toBe(200)
    expect((await local.rest('DELETE', `${url}/${link.id}`, { token, headers })).status).toBe(404)
    expect((await local.rest('GET', url, { token, headers })).body.links).toHaveLength(1)
    local.wait(60_000)
    expect((await local.rest('GET', url, { token, headers })).body.links).toEqual([])
    await api.generatePortalLink(ACME)
    expect((await local.rest('DELETE', url, { token, headers })).status).toBe(200)
    expect(await local.database.db.selectFrom('links').selectAll().execute()).toEqual([])
    await expect(api.generatePortalLink('org_1')).rejects.toThrow(ScalekitNotFoundException)
    await expect(local.sdk(PRD).organization.generatePortalLink(ACME)).rejects.toThrow(
      ScalekitNotFoundException,
    )
  })
})

describe('a list of organizations', () => {
  async function pages(pageSize: number) {
    const { organization: api } = local.sdk(DEV)
    const found: string[][] = []
    for (let pageToken = ''; ; ) {
      const page = await api.listOrganization({ pageSize, pageToken })
      expect(page.totalSize).toBe(10)
      found.push(page.organizations.map(({ displayName }) => displayName))
      pageToken = page.nextPageToken
      if (pageToken === '') return found
    }
  }

  beforeEach(async () => {
    for (const name of ['one', 'two', 'three', 'four', 'five'])
      await local.sdk(DEV).organization.createOrganization(name)
  })

  it('comes newest first, in pages that neither repeat nor lose one', async () => {
    const names = [
      'five',
      'four',
      'three',
      'two',
      'one',
      'Umbrella Health',
      'Initech',
      'Globex',
      'Acme Robotics',
      'Your Company',
    ]
    expect(await pages(4)).toEqual([names.slice(0, 4), names.slice(4, 8), names.slice(8)])
    expect(await pages(10)).toEqual([names])
    expect(await pages(100)).toEqual([names])
  })

  it('keeps its place when something is added or deleted between two pages', async () => {
    const { organization: api } = local.sdk(DEV)
    const first = await api.listOrganization({ pageSize: 2 })
    await api.createOrganization('six')
    await api.deleteOrganization(first.organizations[1]?.id ?? '')
    const second = await api.listOrganization({ pageSize: 2, pageToken: first.nextPageToken })
    expect(second.organizations.map(({ displayName }) => displayName)).toEqual(['three', 'two'])
  })

  it('goes back to the page before', async () => {
    const { organization: api } = local.sdk(DEV)
    const first = await api.listOrganization({ pageSize: 4 })
    expect(first.prevPageToken).toBe('')
    const second = await api.listOrganization({ pageSize: 4, pageToken: first.nextPageToken })
    const back = await api.listOrganization({ pageSize: 4, pageToken: second.prevPageToken })
    expect(back.organizations).toEqual(first.organizations)
    expect([back.prevPageToken, back.nextPageToken]).toEqual(['', first.nextPageToken])
  })

  it('takes 1 as the first page, and refuses a token that it did not give', async () => {
    const { organization: api } = local.sdk(DEV)
    expect((await api.listOrganization({ pageSize: 1, pageToken: '1' })).organizations[0]?.displayName).toBe(
      'five',
    )
    const { nextPageToken } = await api.listOrganization({ pageSize: 1 })
    const tampered = nextPageToken.replace(/\d(?=\.)/, (digit) => String((Number(digit) + 1) % 10))
    for (const pageToken of ['2', 'x', tampered, `${nextPageToken}x`]) {
      await expect(api.listOrganization({ pageToken }), pageToken).rejects.toThrow(
        ScalekitBadRequestException,
      )
    }
    await expect(local.sdk(DEV).user.listUsers({ pageSize: 1, pageToken: nextPageToken })).rejects.toThrow(
      ScalekitBadRequestException,
    )
    await expect(local.sdk(PRD).organization.listOrganization({ pageToken: nextPageToken })).rejects.toThrow(
      ScalekitBadRequestException,
    )
  })
})
