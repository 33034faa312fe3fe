import { ScalekitBadRequestException, ScalekitNotFoundException } from '@scalekit-sdk/node'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ACME, DEV, GLOBEX, type Local, PRD, startLocal } from './local.js'

const ACME_OKTA = 'dir_100000000000000001'
const ENGINEERS = 'dirgroup_100000000000000001'
const SCIM = 1
const OKTA = 1

let local: Local
let token: string
beforeAll(async () => {
  local = await startLocal()
})
beforeEach(async () => {
  await local.reset()
  token = await local.client(DEV)
})
afterAll(() => local.close())

const url = `/api/v1/organizations/${ACME}/directories/${ACME_OKTA}`

describe('directories, through the official SDK', () => {
  it('are created, read, listed and deleted', async () => {
    const { directory: api } = local.sdk(DEV)
    const created = await api.createDirectory(GLOBEX, {
      directoryType: SCIM,
      directoryProvider: OKTA,
    } as never)
    const id = created.directory?.id ?? ''
    expect(created.directory).toMatchObject({
      id: expect.stringMatching(/^dir_\d{18}$/),
      organizationId: GLOBEX,
      name: 'OKTA directory',
      enabled: false,
      status: 'DRAFT',
      directoryEndpoint: `${local.url}/${DEV}/directories/${id}/scim/v2`,
      totalUsers: 0,
      secrets: [],
    })
    expect((await api.getDirectory(GLOBEX, id)).directory).toEqual(created.directory)
    expect((await api.listDirectories(GLOBEX)).directories).toEqual([created.directory])
    expect(await api.getPrimaryDirectoryByOrganizationId(ACME)).toMatchObject({ id: ACME_OKTA })
    await api.deleteDirectory(GLOBEX, id)
    await expect(api.getDirectory(GLOBEX, id)).rejects.toThrow(ScalekitNotFoundException)
    await expect(api.deleteDirectory(GLOBEX, id)).rejects.toThrow(ScalekitNotFoundException)
    await expect(api.listDirectories('org_1')).rejects.toThrow(ScalekitNotFoundException)
  })

  it('are enabled when something can fill them', async () => {
    const { directory: api } = local.sdk(DEV)
    await expect(api.enableDirectory(ACME, ACME_OKTA)).rejects.toThrow(ScalekitBadRequestException)
    const secret = await local.rest('POST', `${url}/secrets`, { token })
    expect(secret.body.secret).toMatchObject({
      directory_id: ACME_OKTA,
      secret_suffix: secret.body.plain_secret.slice(-4),
    })
    expect(await api.enableDirectory(ACME, ACME_OKTA)).toMatchObject({ enabled: true })
    expect((await api.getDirectory(ACME, ACME_OKTA)).directory).toMatchObject({
      enabled: true,
      status: 'IN_PROGRESS',
      secrets: [{ id: secret.body.secret.id }],
    })
    expect(await api.disableDirectory(ACME, ACME_OKTA)).toMatchObject({ enabled: false })
    const again = await local.rest('POST', `${url}/secrets:regenerate`, { token })
    expect((await api.getDirectory(ACME, ACME_OKTA)).directory?.secrets.map(({ id }) => id)).toEqual([
      again.body.secret.id,
    ])
    const rows = await local.database.db.selectFrom('directories').selectAll().execute()
    for (const answer of [secret, again]) expect(JSON.stringify(rows)).not.toContain(answer.body.plain_secret)
  })

  it('belong to their organization', async () => {
    const { directory: api } = local.sdk(DEV)
    await expect(api.getDirectory(GLOBEX, ACME_OKTA)).rejects.toThrow(ScalekitNotFoundException)
    await expect(api.disableDirectory(GLOBEX, ACME_OKTA)).rejects.toThrow(ScalekitNotFoundException)
    await expect(local.sdk(PRD).directory.getDirectory(ACME, ACME_OKTA)).rejects.toThrow(
      ScalekitNotFoundException,
    )
    await expect(api.createDirectory('org_1', { directoryType: SCIM } as never)).rejects.toThrow(
      ScalekitNotFoundException,
    )
    await expect(api.listDirectoryUsers(GLOBEX, ACME_OKTA)).rejects.toThrow(ScalekitNotFoundException)
  })

  it('can be renamed, and are of a kind that is served', async () => {
    const renamed = await local.rest('PATCH', url, { token, body: { name: 'Okta' } })
    expect(renamed.body.directory).toMatchObject({ name: 'Okta', directory_provider: 'OKTA' })
    const path = `/api/v1/organizations/${ACME}/directories`
    expect((await local.rest('POST', path, { token, body: { directory_type: 'LDAP' } })).status).toBe(501)
  })
})

describe('what a directory has sent', () => {
  beforeEach(async () => {
    const headers = { 'x-scalekit-local': '1', 'content-type': 'application/json' }
    const state = (await (await fetch(`${local.url}/__local/state`, { headers })).json()) as {
      environments: { directory_groups: unknown[]; directory_users: unknown[] }[]
    }
    const [dev] = state.environments
    const at = '2026-01-02T00:00:00.000Z'
    dev?.directory_groups.push({
      id: ENGINEERS,
      directory: ACME_OKTA,
      external_id: 'engineers',
      data: { display_name: 'Engineers', detail: { displayName: 'Engineers' } },
      created_at: at,
    })
    for (const [id, name] of [
      ['diruser_100000000000000001', 'ana'],
      ['diruser_100000000000000002', 'ben'],
    ]) {
      dev?.directory_users.push({
        id,
        directory: ACME_OKTA,
        external_id: name,
        data: {
          email: `${name}@acme.example`,
          given_name: name,
          groups: name === 'ana' ? [ENGINEERS] : [],
          detail: { userName: name },
        },
        created_at: name === 'ana' ? at : '2026-03-01T00:00:00.000Z',
      })
    }
    const put = await fetch(`${local.url}/__local/state`, {
      method: 'PUT',
      headers,
      body: JSON.stringify(state),
    })
    expect(put.status).toBe(200)
    expect(await (await fetch(`${local.url}/__local/state`, { headers })).json()).toMatchObject({
      environments: [{ directory_groups: dev?.directory_groups }, {}],
    })
  })

  it('are users, with the groups that they are in', async () => {
    const { directory: api } = local.sdk(DEV)
    const all = await api.listDirectoryUsers(ACME, ACME_OKTA, { pageSize: 1 })
    expect([all.totalSize, all.users.map(({ email }) => email)]).toEqual([2, ['ben@acme.example']])
    const rest = await api.listDirectoryUsers(ACME, ACME_OKTA, { pageSize: 1, pageToken: all.nextPageToken })
    expect(rest.users).toMatchObject([
      { givenName: 'ana', groups: [{ id: ENGINEERS, displayName: 'Engineers', totalUsers: 1 }] },
    ])
    expect(rest.users[0]).not.toHaveProperty('userDetail')
    const inGroup = await api.listDirectoryUsers(ACME, ACME_OKTA, {
      directoryGroupId: ENGINEERS,
      includeDetail: true,
    })
    expect(inGroup.users).toMatchObject([{ email: 'ana@acme.example', userDetail: { userName: 'ana' } }])
    const later = await api.listDirectoryUsers(ACME, ACME_OKTA, { updatedAfter: '2026-02-01T00:00:00Z' })
    expect(later.users.map(({ email }) => email)).toEqual(['ben@acme.example'])
  })

  it('are groups', async () => {
    const { directory: api } = local.sdk(DEV)
    const { groups, totalSize } = await api.listDirectoryGroups(ACME, ACME_OKTA, { includeDetail: true })
    expect([totalSize, groups]).toMatchObject([
      1,
      [{ id: ENGINEERS, totalUsers: 1, groupDetail: { displayName: 'Engineers' } }],
    ])
    const summary = await local.rest('GET', `${url}/groups/summary`, { token })
    expect(summary.body.groups).toMatchObject([{ id: ENGINEERS, display_name: 'Engineers' }])
    expect((await api.getDirectory(ACME, ACME_OKTA)).directory).toMatchObject({
      totalUsers: 2,
      totalGroups: 1,
    })
  })

  it('can mean roles, and attributes of a user', async () => {
    const assign = (group_id: string, role_name: string) =>
      local.rest('PUT', `${url}/groups/-/roles:assign`, {
        token,
        body: { assignments: [{ group_id, role_name }] },
      })
    expect((await assign(ENGINEERS, 'member')).body.role_assignments.assignments).toMatchObject([
      { group_id: ENGINEERS, role_name: 'member' },
    ])
    expect((await assign(ENGINEERS, 'nobody')).status).toBe(404)
    expect((await assign('dirgroup_1', 'member')).status).toBe(404)
    const mapping = { attributes: [{ key: 'title', map_to: 'job' }] }
    const mapped = await local.rest('PUT', `${url}/attributes`, { token, body: mapping })
    expect([mapped.status, mapped.body.attribute_mappings.attributes]).toMatchObject([
      200,
      mapping.attributes,
    ])
    expect((await local.rest('GET', url, { token })).body.directory).toMatchObject({
      role_assignments: { assignments: [{ role_name: 'member' }] },
    })
  })
})
