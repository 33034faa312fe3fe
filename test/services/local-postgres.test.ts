import { createLocalScalekit, type LocalScalekit } from '@scalekit-mcp/local'
import { Scalekit } from '@scalekit-sdk/node'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Browser } from '../../packages/local/test/oauth/browser.js'
import { application, DEV } from '../../packages/local/test/oauth/sso-client.js'
import { type Postgres, startPostgres } from './postgres.js'

const GLOBEX = 'org_100000000000000002'

let postgres: Postgres
let local: LocalScalekit
beforeAll(async () => {
  postgres = await startPostgres()
  local = await createLocalScalekit({ databaseUrl: postgres.url, port: 0 })
})
beforeEach(() => local.reset())
afterAll(async () => {
  await local?.close()
  await postgres?.stop()
})

async function control(path: string, method = 'GET') {
  const response = await fetch(`${local.url}/__local/${path}`, {
    method,
    headers: { 'x-scalekit-local': '1' },
  })
  return { status: response.status, body: (await response.json()) as unknown }
}

async function portalLink(): Promise<string> {
  const sdk = new Scalekit(`${local.url}/${DEV}`, 'skc_100000000000000001', 'test_local_secret')
  return (await sdk.organization.generatePortalLink(GLOBEX)).location
}

describe('the local environment on PostgreSQL', () => {
  test('brings a snapshot back', async () => {
    const { body: before } = await control('state')
    expect((await control('snapshots/one', 'POST')).status).toBe(200)
    await local.database.db.deleteFrom('environments').execute()
    expect((await control('snapshots/one/restore', 'PUT')).status).toBe(200)
    expect((await control('state')).body).toEqual(before)
  })

  test('opens a portal link once, sets up single sign-on there, and signs in through it', async () => {
    const location = await portalLink()
    const opened = await Promise.all([1, 2, 3, 4].map(() => fetch(location, { redirect: 'manual' })))
    expect(opened.map(({ status }) => status).sort()).toEqual([303, 410, 410, 410])
    const browser = new Browser()
    const { url, page = '' } = await browser.follow(await portalLink())
    expect((await browser.submit(url, page, { action: 'simulator' })).page).toContain('enabled')
    const app = application(local.url)
    const end = await app.simulate({ organization_id: GLOBEX }, { email: 'gina@globex.example' })
    expect((await app.finish(end.url, end.verifier)).id).toMatchObject({ oid: GLOBEX })
  })

  test('gives a new organization one creator, however many join at the same moment', async () => {
    const sdk = new Scalekit(`${local.url}/${DEV}`, 'skc_100000000000000001', 'test_local_secret')
    for (let race = 0; race < 5; race++) {
      const { organization } = await sdk.organization.createOrganization(`Race ${race}`)
      const id = organization?.id ?? ''
      await Promise.all(
        [1, 2, 3, 4].map((one) =>
          sdk.user.createUserAndMembership(id, {
            ...{ email: `user${one}@race${race}.example`, sendInvitationEmail: false },
          }),
        ),
      )
      const { users } = await sdk.user.listOrganizationUsers(id, {})
      const roles = users.flatMap(({ memberships }) =>
        memberships.flatMap((membership) => membership.roles.map(({ name }) => name)),
      )
      expect(roles.sort()).toEqual(['admin', 'member', 'member', 'member'])
    }
  })

  test('shows the dashboard', async () => {
    for (const path of ['/', '/dashboard/workspace', `/dashboard/${DEV}`, '/dashboard/tokens']) {
      expect((await fetch(local.url + path)).status, path).toBe(200)
    }
  })
})
