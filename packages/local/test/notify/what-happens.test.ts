import { Scalekit } from '@scalekit-sdk/node'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createLocalScalekit, type LocalScalekit } from '../../src/index.js'
import { emptyStorage } from '../empty-storage.js'
import { application, DEV } from '../oauth/sso-client.js'
import { control } from '../security/attack.js'
import { type Application, startApplication } from './application.js'

const ACME = 'org_100000000000000001'
const ANA = 'usr_100000000000000101'

let local: LocalScalekit
let hooks: Application
let sdk: Scalekit
let secret = ''
beforeAll(async () => {
  local = await createLocalScalekit({ ...(await emptyStorage()), port: 0 })
  hooks = await startApplication()
  sdk = new Scalekit(`${local.url}/${DEV}`, 'skc_100000000000000001', 'test_local_secret')
})
beforeEach(async () => {
  await local.reset()
  hooks.forget()
  const response = await control(local.url, 'webhooks', 'POST', { environment: DEV, url: hooks.url })
  secret = ((await response.json()) as { secret: string }).secret
})
afterAll(async () => {
  await hooks.close()
  await local.close()
})

/** The events of so many webhooks, each signed. Sent at once, they may come in any order: by id. */
async function events(count: number) {
  const messages = await hooks.arrivals(count)
  return messages
    .map(({ headers, body }) => {
      expect(sdk.verifyWebhookPayload(secret, headers as Record<string, string>, body)).toBe(true)
      return JSON.parse(body)
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1))
}

describe('applications are told by webhook', () => {
  it('what becomes of an organization, under the id of the event', async () => {
    const { organization } = await sdk.organization.createOrganization('Hooli', { externalId: 'hooli' })
    const id = organization?.id ?? ''
    await sdk.organization.updateOrganization(id, { displayName: 'Hooli XYZ' })
    await sdk.organization.deleteOrganization(id)
    const [created, updated, deleted] = await events(3)
    expect(created).toMatchObject({
      spec_version: '1',
      type: 'organization.created',
      object: 'Organization',
      environment_id: DEV,
      organization_id: id,
      data: { id, display_name: 'Hooli', external_id: 'hooli' },
    })
    expect(updated).toMatchObject({ type: 'organization.updated', data: { display_name: 'Hooli XYZ' } })
    expect(deleted).toMatchObject({ type: 'organization.deleted', data: { id } })
    const listed = await sdk.events.listEventsPaginated(10, '', { organizationId: id })
    expect(listed.events.map((event) => event.id).sort()).toEqual([created.id, updated.id, deleted.id])
  })

  it('what becomes of users and memberships', async () => {
    const { user } = await sdk.user.createUserAndMembership(ACME, { email: 'new@acme.example' })
    await sdk.user.updateMembership(ACME, user?.id ?? '', { roles: ['guest'] })
    await sdk.user.deleteMembership(ACME, user?.id ?? '')
    const told = await events(3)
    expect(told.map(({ type }) => type)).toEqual([
      'user.organization_invitation',
      'user.organization_membership_updated',
      'user.organization_membership_deleted',
    ])
    for (const { object, organization_id, data } of told) {
      expect(object).toBe('OrgMembershipEvent')
      expect(organization_id).toBe(ACME)
      expect(data.user).toMatchObject({ id: user?.id, email: 'new@acme.example' })
    }
  })

  it('what becomes of connections and directories', async () => {
    const { connection } = await sdk.connection.createConnection(ACME, {
      type: 1,
      provider: 1,
    } as never)
    await sdk.connection.deleteConnection(ACME, connection?.id ?? '')
    const [created, deleted] = await events(2)
    expect(created).toMatchObject({
      type: 'organization.sso_created',
      object: 'Connection',
      organization_id: ACME,
      data: { id: connection?.id, connection_type: 'OIDC' },
    })
    expect(deleted.type).toBe('organization.sso_deleted')
  })

  it('who signs in and out', async () => {
    const app = application(local.url)
    const at = await app.start({})
    const end = await at.browser.submit(at.url, at.page, { email: 'ana@acme.example' })
    const { tokens } = await app.finish(end.url, at.verifier)
    const [login] = await events(1)
    expect(login).toMatchObject({
      type: 'user.login',
      object: 'UserLoginEvent',
      organization_id: ACME,
      data: {
        user: {
          ...{ id: ANA, email: 'ana@acme.example', external_id: 'acme-1' },
          user_profile: { given_name: 'Ana', family_name: 'Almeida', email_verified: true },
        },
        organization: { id: ACME, external_id: 'acme' },
      },
    })
    const query = new URLSearchParams({ id_token_hint: tokens.id_token ?? '' })
    await at.browser.follow(`${app.issuer}/oidc/logout?${query}`)
    const [, logout] = await events(2)
    expect(logout).toMatchObject({
      type: 'user.logout',
      object: 'UserLogoutEvent',
      data: { user: { id: ANA } },
    })
  })

  it('who signs up through a connection', async () => {
    const { id } = await local.database.db
      .selectFrom('connections')
      .select('id')
      .where('key_id', '=', 'acme-okta')
      .executeTakeFirstOrThrow()
    await local.database.db
      .updateTable('connections')
      .set({ provider: 'IDP_SIMULATOR', status: 'COMPLETED', enabled: 1 })
      .where('id', '=', id)
      .execute()
    await application(local.url).simulate({ connection_id: id }, { email: 'nils@acme.example' })
    const [joined, signup, login] = await events(3)
    expect(joined).toMatchObject({ type: 'user.organization_membership_created', organization_id: ACME })
    expect(signup).toMatchObject({ type: 'user.signup', object: 'OrgMembershipEvent', organization_id: ACME })
    expect(signup.data).toMatchObject({ user: { email: 'nils@acme.example' }, organization: { id: ACME } })
    expect(login.type).toBe('user.login')
  })

  it('nothing of what failed, of another environment, or of the workspace', async () => {
    await expect(sdk.organization.createOrganization('')).rejects.toThrow()
    await expect(sdk.organization.deleteOrganization('org_999')).rejects.toThrow()
    const prd = new Scalekit(
      `${local.url}/env_100000000000000002`,
      'skc_100000000000000002',
      'test_local_secret',
    )
    await prd.organization.createOrganization('Elsewhere')
    await sdk.organization.createOrganization('Here')
    expect((await events(1)).map(({ data }) => data.display_name)).toEqual(['Here'])
  })
})
