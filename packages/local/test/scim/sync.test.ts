import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Local, startLocal } from '../api/local.js'
import { ACME, type OpenDirectory, openDirectory } from './open-directory.js'
import { type Provisioned, provisioned } from './provisioned.js'

let local: Local
let directory: OpenDirectory
let here: Provisioned
beforeAll(async () => {
  local = await startLocal()
})
beforeEach(async () => {
  await local.reset()
  directory = await openDirectory(local)
  here = provisioned(local, directory)
})
afterAll(() => local.close())

const path = () => `${directory.directories}/${directory.id}`
const sync = () => directory.api('GET', `${path()}:sync`)
/** A user whom the directory has sent before the domain of the address was known. */
async function early(name: string): Promise<string> {
  const { body } = await directory.scim('POST', '/Users', { userName: `${name}@new.example` })
  return body.id
}
const addDomain = () =>
  directory.api('POST', `/organizations/${ACME}/domains`, {
    domain: 'new.example',
    domain_type: 'ORGANIZATION_DOMAIN',
  })

describe('a sync of a directory', () => {
  it('lets users join whose domain was verified after they were sent', async () => {
    const id = await early('eva')
    await addDomain()
    expect(await here.user('eva@new.example')).toBeUndefined()
    local.wait(60_000)
    await sync()
    expect(await here.membership('eva@new.example')).toEqual({ status: 'ACTIVE', roles: ['member'] })
    expect((await here.events()).map(({ type, data }) => [type, data.id])).toEqual([
      ['user_created', id],
      ['user_updated', id],
    ])
    const before = (await directory.api('GET', path())).directory.last_synced_at
    local.wait(60_000)
    await sync()
    expect(await here.events()).toHaveLength(2)
    const after = (await directory.api('GET', path())).directory.last_synced_at
    expect(Date.parse(after) - Date.parse(before)).toBeGreaterThanOrEqual(60_000)
  })

  it('is about the users of the groups that are tracked', async () => {
    const eva = await early('eva')
    await early('finn')
    await directory.scim('POST', '/Groups', {
      ...{ displayName: 'Sales', externalId: 'grp-sales' },
      members: [{ value: eva }],
    })
    expect((await directory.api('GET', path())).directory.groups_tracked).toBe('ALL')
    await directory.api('PUT', `${path()}/groups:assign`, { external_ids: ['grp-sales'] })
    expect((await directory.api('GET', path())).directory.groups_tracked).toBe('SELECTED')
    await addDomain()
    await sync()
    expect(await here.membership('eva@new.example')).toMatchObject({ status: 'ACTIVE' })
    expect(await here.user('finn@new.example')).toBeUndefined()
  })

  it('is refused for groups that the directory has not sent, and while it is disabled', async () => {
    const token = await local.client('env_100000000000000001')
    const call = (method: string, end: string, body?: unknown) =>
      local.rest(method, `/api/v1${path()}${end}`, { token, body })
    expect((await call('PUT', '/groups:assign', { external_ids: ['unknown'] })).status).toBe(404)
    expect((await call('PUT', '/groups:assign', { external_ids: [] })).status).toBe(400)
    await directory.api('PATCH', `${path()}:disable`)
    const refused = await call('GET', ':sync')
    expect([refused.status, refused.body.message]).toEqual([400, expect.stringContaining('is disabled')])
  })
})
