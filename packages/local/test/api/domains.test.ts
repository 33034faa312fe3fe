import {
  ScalekitBadRequestException,
  ScalekitConflictException,
  ScalekitNotFoundException,
} from '@scalekit-sdk/node'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Browser } from '../oauth/browser.js'
import { application } from '../oauth/sso-client.js'
import { control } from '../security/attack.js'
import { ACME, DEV, GLOBEX, type Local, startLocal } from './local.js'

const ACME_OKTA = 'conn_100000000000000002'

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

const call = (method: string, path: string, body?: unknown) =>
  local.rest(method, `/api/v1${path}`, { token, body })
const ofAcme = `/organizations/${ACME}/connections`

describe('domains, through the official SDK', () => {
  it('are created, read, listed and deleted', async () => {
    const { domain: api } = local.sdk(DEV)
    const created = await api.createDomain(GLOBEX, 'Mail.Globex.example', {
      domainType: 'ALLOWED_EMAIL_DOMAIN',
    })
    expect(created.domain).toMatchObject({
      id: expect.stringMatching(/^dom_\d{18}$/),
      domain: 'mail.globex.example',
      environmentId: DEV,
      organizationId: GLOBEX,
      domainType: 1,
      verificationStatus: 4,
    })
    const id = created.domain?.id ?? ''
    expect((await api.getDomain(GLOBEX, id)).domain).toEqual(created.domain)
    const names = async (options?: { domainType: string }) =>
      (await api.listDomains(GLOBEX, options)).domains.map(({ domain }) => domain)
    expect(await names()).toEqual(['mail.globex.example', 'globex.example'])
    expect(await names({ domainType: 'ORGANIZATION_DOMAIN' })).toEqual(['globex.example'])
    await api.deleteDomain(GLOBEX, id)
    await expect(api.getDomain(GLOBEX, id)).rejects.toThrow(ScalekitNotFoundException)
    await expect(api.deleteDomain(GLOBEX, id)).rejects.toThrow(ScalekitNotFoundException)
  })

  it('lead to one organization, while addresses may be welcome in several', async () => {
    const { domain: api } = local.sdk(DEV)
    await expect(api.createDomain(GLOBEX, 'ACME.example')).rejects.toThrow(ScalekitConflictException)
    const email = { domainType: 'ALLOWED_EMAIL_DOMAIN' }
    for (const organization of [ACME, GLOBEX]) await api.createDomain(organization, 'mail.example', email)
    await expect(api.createDomain(ACME, 'mail.example', email)).rejects.toThrow(ScalekitConflictException)
    for (const name of ['localhost', 'a b.example', 'https://a.example', 'a..example', '-a.example'])
      await expect(api.createDomain(ACME, name), name).rejects.toThrow(ScalekitBadRequestException)
    await expect(api.listDomains('org_1')).rejects.toThrow(ScalekitNotFoundException)
  })

  it('are assigned to a connection, and stay when it goes', async () => {
    const url = `${ofAcme}/${ACME_OKTA}/domains`
    const assigned = await call('PUT', url, { domain_ids: ['dom_100000000000000001'] })
    expect(assigned.body.connection.domains).toMatchObject([{ domain: 'acme.example' }])
    const { body } = await call('GET', `/connections?include=all&organization_id=${ACME}`)
    expect(body.connections[0].domains).toEqual(['acme.example'])
    expect((await call('PUT', url, { domain_ids: ['dom_100000000000000002'] })).status).toBe(404)
    expect((await call('PUT', url, { domain_ids: [] })).body.connection.domains).toEqual([])
    await call('PUT', url, { domain_ids: ['dom_100000000000000001'] })
    await call('DELETE', `${ofAcme}/${ACME_OKTA}`)
    const list = await call('GET', `/organizations/${ACME}/domains?page_size=1&page_number=1`)
    expect(list.body).toMatchObject({ page_size: 1, page_number: 1, domains: [{ domain: 'acme.example' }] })
  })

  it('are verified by whoever runs the environment, and proven by a customer', async () => {
    const sdk = local.sdk(DEV)
    await sdk.permission.createPermission({ name: 'organizations_write', description: 'x' } as never)
    await sdk.permission.addPermissionsToRole('admin', ['organizations_write'])
    const session = await local.session('usr_100000000000000101')
    const url = `/${DEV}/api/v1/organizations/${ACME}/domains`
    const { body } = await local.rest('POST', url, { token: session, body: { domain: 'proof.invalid' } })
    expect(body.domain).toMatchObject({
      verification_status: 'PENDING',
      verification_method: 'DNS',
      txt_record_key: expect.stringMatching(/^_scalekit-\w+\.proof\.invalid$/),
      txt_record_secret: expect.stringMatching(/^\w{32}$/),
    })
    const verified = () => local.rest('PATCH', `${url}/${body.domain.id}:verify`, { token: session })
    const status = async () =>
      (await local.rest('GET', `${url}/${body.domain.id}`, { token })).body.domain.verification_status
    expect((await verified()).body).toEqual({ verified: false })
    expect(await status()).toBe('PENDING')
    const { txt_record_key: name, txt_record_secret: value } = body.domain
    await control(local.url, 'dns', 'POST', { name, value: 'another' })
    expect((await verified()).body).toEqual({ verified: false })
    await control(local.url, 'dns', 'POST', { name: `${name.toUpperCase()}.`, value })
    expect((await verified()).body).toEqual({ verified: true })
    expect(await status()).toBe('VERIFIED')
    const seeded = await local.rest('PATCH', `${url}/dom_100000000000000001:verify`, { token })
    expect(seeded.body).toEqual({ verified: true })
  })

  it('fail when the record is not there before the window is over', async () => {
    const id = await addPending('late.invalid')
    const path = `/organizations/${ACME}/domains/${id}`
    const { txt_record_key: name, txt_record_secret: value } = (await call('GET', path)).body.domain
    local.wait(72 * 3600_000)
    token = await local.client(DEV)
    expect((await call('GET', path)).body.domain.verification_status).toBe('FAILED')
    await control(local.url, 'dns', 'POST', { name, value })
    expect((await call('PATCH', `${path}:verify`)).body).toEqual({ verified: false })
    const { events } = await local.sdk(DEV).events.listEventsPaginated(30, '', {
      eventTypes: ['organization.domain_dns_verification_failed'],
    })
    expect(events).toMatchObject([{ organizationId: ACME, data: { id, domain: 'late.invalid' } }])
  })

  it('lead people to the identity provider once they are proven', async () => {
    const sso = await call('POST', `/organizations/${GLOBEX}/connections`, {
      ...{ type: 'OIDC', provider: 'IDP_SIMULATOR' },
    })
    const { id } = sso.body.connection
    await call('PATCH', `/organizations/${GLOBEX}/connections/${id}:enable`)
    const browser = new Browser()
    const sdk = local.sdk(DEV)
    const { link } = await call('PUT', `/organizations/${GLOBEX}/portal_links`, {}).then(({ body }) => body)
    const home = await browser.follow(link.location)
    expect(home.page).toContain('globex.example')
    const refused = await browser.submit(`${home.url}/domains`, home.page ?? '', { domain: 'acme.example' })
    expect(refused.response.status).toBe(422)
    expect(refused.page).toContain('Another organization has the domain acme.example')
    const again = await browser.follow(home.url)
    const added = await browser.submit(`${again.url}/domains`, again.page ?? '', { domain: 'proof.invalid' })
    const [name = '', value = ''] = [...(added.page ?? '').matchAll(/<code>([^<]+)<\/code>/g)].map(
      ([, text]) => text ?? '',
    )
    const early = await browser.submit(added.url, added.page ?? '', { action: 'verify' })
    expect(early.page).toContain('The record is not there yet')
    const connections = async () =>
      (await sdk.connection.listConnectionsByDomain('proof.invalid')).connections
    expect(await connections()).toEqual([])
    await control(local.url, 'dns', 'POST', { name, value })
    const done = await browser.submit(early.url, early.page ?? '', { action: 'verify' })
    expect(done.page).toContain('verified')
    expect(await connections()).toMatchObject([{ id }])
    const app = application(local.url)
    const at = await app.start({ login_hint: 'pat@proof.invalid' })
    expect(at.page).toContain('Identity provider simulator')
    await browser.submit(done.url, done.page ?? '', { action: 'delete' })
    expect(await connections()).toEqual([])
  })
})

/** Adds a domain as a customer does, and gives its id. */
async function addPending(domain: string): Promise<string> {
  const { permission } = local.sdk(DEV)
  await permission.createPermission({ name: 'organizations_write', description: 'x' } as never)
  await permission.addPermissionsToRole('admin', ['organizations_write'])
  const session = await local.session('usr_100000000000000101')
  const url = `/${DEV}/api/v1/organizations/${ACME}/domains`
  return (await local.rest('POST', url, { token: session, body: { domain } })).body.domain.id
}

describe('a domain that is updated', () => {
  it('is answered as it is: its name never changes', async () => {
    const path = `/organizations/${ACME}/domains/dom_100000000000000001`
    const before = await call('GET', path)
    const updated = await call('PATCH', path, {})
    expect([updated.status, updated.body]).toEqual([200, before.body])
    expect((await call('PATCH', path, { domain: 'new.example' })).status).toBe(400)
    expect((await call('PATCH', `/organizations/${GLOBEX}/domains/dom_100000000000000001`, {})).status).toBe(
      404,
    )
  })
})

describe('the domains that an origin may use', () => {
  const authorized = async (origin: string, query = '') => {
    const path = `/${DEV}/api/v1/domains/${encodeURIComponent(origin)}${query}`
    return (await local.rest('GET', path)).body.domains
  }

  it('are those of the callback URLs of its applications, without a token', async () => {
    const uris = ['https://app.example/callback', 'https://admin.app.example/callback']
    const client = { name: 'Shop', client_type: 'WEB_APP', post_login_uris: uris }
    expect((await call('POST', '/clients', client)).status).toBe(200)
    expect(await authorized('https://app.example')).toEqual(['app.example', 'admin.app.example'])
    expect(await authorized('https://evil.example')).toEqual([])
    expect(await authorized(local.url)).toEqual(['localhost:3000', 'app.example', 'admin.app.example'])
  })

  it('are those of an organization with the link of its admin portal', async () => {
    const post_login_uris = ['https://{{external_id}}.app.example/callback']
    const client = { name: 'Shop', client_type: 'WEB_APP', post_login_uris }
    expect((await call('POST', '/clients', client)).status).toBe(200)
    expect(await authorized(local.url)).toEqual(['localhost:3000', '*.app.example'])
    const { location } = await local.sdk(DEV).organization.generatePortalLink(ACME)
    const key = location.split('/').at(-1) ?? ''
    const own = ['localhost:3000', 'acme.app.example']
    expect(await authorized(local.url, `?link_id=${key}`)).toEqual(own)
    expect(await authorized(local.url, `?link_id=${key.split('_')[0]}`)).toEqual(own)
    expect(await authorized('https://acme.app.example', `?link_id=${key}`)).toEqual(['acme.app.example'])
    expect(await authorized('https://acme.app.example', '?link_id=unknown')).toEqual([])
  })
})
