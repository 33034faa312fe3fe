import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createLocalScalekit } from '../../src/index.js'
import { ACME, DEV, GLOBEX, type Local, PRD, startLocal } from '../api/local.js'
import { Browser } from '../oauth/browser.js'

let local: Local
let browser: Browser
beforeAll(async () => {
  local = await startLocal()
})
beforeEach(async () => {
  await local.reset()
  browser = new Browser()
})
afterAll(() => local.close())

const at = (path: string) => `${local.url}/dashboard/${DEV}${path}`

async function open(path: string) {
  const { page = '', response, url } = await browser.follow(at(path))
  return { page, response, url }
}

/** Opens the page of an operation, fills in its form and submits it. */
async function submit(path: string, fields: Record<string, string>) {
  const { page, url } = await open(path)
  return browser.submit(url, page, fields)
}

const idIn = (url: string) => new URL(url).pathname.split('/').at(-1) ?? ''

describe('the history of an object', () => {
  it('names every call that changed it, who called and when, and no call that read it', async () => {
    const sdk = local.sdk(DEV)
    const { client } = await sdk.m2m.createOrganizationClient(ACME, { name: 'Nightly export' })
    const id = client?.clientId ?? ''
    await sdk.m2m.getOrganizationClient(ACME, id)
    const fields = { 'client.name': 'Hourly export', 'client.expiry': String(client?.expiry) }
    const edited = await submit(`/organizations/${ACME}/clients/${id}/edit`, fields)
    expect(edited.page).toContain('<h1>Hourly export</h1>')
    const { page } = await open(`/organizations/${ACME}/clients/${id}`)
    const [, history = ''] = page.split('id="history"')
    const calls = [...history.matchAll(/<strong>(\w+\.\w+)<\/strong>.*?by <code>(\w+)<\/code>/gs)]
    expect(calls.map(([, method, caller]) => [method, caller])).toEqual([
      ['ClientService.UpdateOrganizationClient', 'dashboard'],
      ['ClientService.CreateOrganizationClient', 'skc_100000000000000001'],
    ])
  })

  it('has no call that was refused, and no secret', async () => {
    const sdk = local.sdk(DEV)
    await expect(sdk.organization.deleteOrganization('org_999999999999999999')).rejects.toThrow()
    const { client, plainSecret } = await sdk.m2m.createOrganizationClient(ACME, { name: 'Nightly export' })
    const { page } = await open(`/organizations/${ACME}/clients/${client?.clientId}`)
    expect(page).not.toContain(plainSecret)
    const rows = await local.database.db.selectFrom('changes').selectAll().execute()
    expect(JSON.stringify(rows)).not.toContain(plainSecret)
    expect(rows.map(({ method }) => method)).toEqual(['ClientService.CreateOrganizationClient'])
  })
})

describe('a form', () => {
  it('goes on to what it has created, by a redirect', async () => {
    const { url, page } = await open('/organizations/-/new')
    const csrf = /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? ''
    const body = new URLSearchParams({ csrf, 'organization.display_name': 'Hooli' })
    const answer = await browser.open(url, { method: 'POST', headers: { origin: local.url }, body })
    expect(answer.status).toBe(303)
    const path = answer.headers.get('location') ?? ''
    const { organization } = await local.sdk(DEV).organization.getOrganization(idIn(local.url + path))
    expect(organization?.displayName).toBe('Hooli')
    expect((await browser.follow(local.url + path)).page).toContain('<h1>Hooli</h1>')
  })

  it('keeps what was typed when the API refuses it, and says which field it is', async () => {
    const refused = await submit('/organizations/-/new', {
      'organization.display_name': 'Another "Acme"',
      'organization.external_id': 'acme',
      'organization.metadata': 'plan: pro',
    })
    expect(refused.response.status).toBe(422)
    expect(refused.page).toContain('Another organization has the external_id &quot;acme&quot;')
    for (const typed of ['value="Another &quot;Acme&quot;"', 'value="acme"', 'plan: pro'])
      expect(refused.page).toContain(typed)

    const domain = await submit(`/organizations/${ACME}/domains/-/new`, {
      'domain.domain': 'not a domain',
      'domain.domain_type': 'ORGANIZATION_DOMAIN',
    })
    expect(domain.page).toMatch(/id="domain-domain"[^>]*aria-invalid="true"[^>]*value="not a domain"/)
    expect(domain.page).toContain('must be a domain name such as acme.example')
  })

  it('never shows a secret that was typed', async () => {
    const { connection } = await local.sdk(DEV).connection.getConnection(ACME, 'conn_100000000000000002')
    const refused = await submit(`/organizations/${ACME}/connections/${connection?.id}/edit`, {
      'connection.key_id': 'acme-okta',
      'connection.oidc_config.issuer': 'nowhere',
      'connection.oidc_config.client_secret': 'a very secret value',
    })
    expect(refused.response.status).toBe(422)
    expect(refused.page).not.toContain('a very secret value')
  })

  it('says which line of a list of pairs is wrong', async () => {
    const refused = await submit('/organizations/-/new', {
      'organization.display_name': 'Hooli',
      'organization.metadata': 'plan: pro\nno colon here',
    })
    expect(refused.response.status).toBe(422)
    expect(refused.page).toContain('this one is not: no colon here')
  })

  it('changes only what was changed, and can empty it', async () => {
    const { page, url } = await open(`/organizations/${ACME}/edit`)
    expect(page).toContain('value="Acme Robotics"')
    const saved = await browser.submit(url, page, {
      'organization.display_name': 'Acme Robotics',
      'organization.external_id': '',
      'organization.slug': 'acme-robotics',
      'organization.metadata': 'plan: pro',
    })
    expect(saved.url).toBe(at(`/organizations/${ACME}`))
    const { organization } = await local.sdk(DEV).organization.getOrganization(ACME)
    expect(organization).toMatchObject({ displayName: 'Acme Robotics', slug: 'acme-robotics' })
    expect([organization?.externalId, organization?.metadata]).toEqual([undefined, { plan: 'pro' }])
  })

  it('leaves a map as it is that was not touched, whatever is in it', async () => {
    const sdk = local.sdk(DEV)
    const metadata = { note: 'line one\nplan: free', 'time:zone': ' UTC ', quoted: '"x"', plan: 'pro' }
    await sdk.organization.updateOrganization(GLOBEX, { metadata } as never)
    const { page, url } = await open(`/organizations/${GLOBEX}/edit`)
    const [, area = ''] = /<textarea[^>]*name="organization.metadata"[^>]*>([^<]*)</.exec(page) ?? []
    const typed = area.replaceAll('&quot;', '"')
    const fields = { 'organization.external_id': 'globex', 'organization.slug': 'globex' }
    const save = (name: string, lines: string) =>
      browser.submit(url, page, {
        ...{ ...fields, 'organization.display_name': name },
        // As a browser sends it.
        'organization.metadata': lines.replaceAll('\n', '\r\n'),
      })
    const stored = async () => (await sdk.organization.getOrganization(GLOBEX)).organization?.metadata

    await save('Globex Corporation', typed)
    expect(await stored()).toEqual(metadata)
    await save('Globex', typed.replace('plan: pro', 'plan: free'))
    expect(await stored()).toEqual({ ...metadata, plan: 'free' })
    const twice = await save('Globex', 'plan: free\nplan: pro')
    expect([twice.response.status, twice.page]).toEqual([
      422,
      expect.stringContaining('the name plan is there twice'),
    ])
  })

  it('refuses numbers that are none at their field', async () => {
    for (const number of ['abc', '1.5', '1e3', '99999999999']) {
      const refused = await submit(`/organizations/${ACME}/user-limit`, {
        'settings.max_allowed_users': number,
      })
      expect(refused.response.status, number).toBe(422)
      expect(refused.page).toMatch(/name="settings.max_allowed_users"[^>]*aria-invalid="true"/)
      expect(refused.page).toContain('enter a whole number')
    }
  })

  it('takes a limit away that is emptied', async () => {
    const limit = async () => {
      const token = await local.client(DEV)
      const path = `/${DEV}/api/v1/organizations/${ACME}/settings/usermanagement`
      return (await local.rest('GET', path, { token })).body.settings?.max_allowed_users ?? 0
    }
    await submit(`/organizations/${ACME}/user-limit`, { 'settings.max_allowed_users': '5' })
    expect(await limit()).toBe(5)
    const emptied = await submit(`/organizations/${ACME}/user-limit`, { 'settings.max_allowed_users': '' })
    expect([emptied.response.status, await limit()]).toEqual([200, 0])
  })

  it('says what the API cannot clear', async () => {
    const user = 'usr_100000000000000101'
    const refused = await submit(`/users/${user}/edit`, {
      'user.user_profile.first_name': '',
      'user.user_profile.last_name': 'Almeida',
    })
    expect([refused.response.status, refused.page]).toEqual([
      422,
      expect.stringContaining('the API cannot clear this field'),
    ])
  })

  it('is accepted from each of several tabs', async () => {
    const tabs = [await open('/organizations/-/new'), await open('/organizations/-/new')]
    for (const [index, { page, url }] of tabs.entries()) {
      const { response } = await browser.submit(url, page, { 'organization.display_name': `Tab ${index}` })
      expect(response.status).toBe(200)
    }
    const { page } = await open('/organizations')
    expect(page).toContain('Tab 0')
    expect(page).toContain('Tab 1')
  })

  it('that is too long, and a page that is not there, are answered with pages', async () => {
    const { page, url } = await open('/organizations/-/new')
    const long = await browser.submit(url, page, { 'organization.display_name': 'x'.repeat(70_000) })
    expect([long.response.status, long.page]).toEqual([413, expect.stringContaining('Nothing was saved')])
    for (const path of ['/dashboard/env_9', '/dashboard/nope', '/dashboard/requests/req_1']) {
      const missing = await browser.follow(local.url + path)
      expect([missing.response.status, missing.page], path).toEqual([
        404,
        expect.stringContaining('There is no such page'),
      ])
    }
  })

  it('connects agents to a provider', async () => {
    const created = await submit('/connections/-/agents', {
      ...{ 'connection.provider_key': 'HUBSPOT', 'connection.type': 'OAUTH', 'connection.key_id': 'crm' },
    })
    expect(created.page).toContain('<h1>crm</h1>')
    const path = `/${DEV}/api/v1/connections/${idIn(created.url)}`
    const { body } = await local.rest('GET', path, { token: await local.client(DEV) })
    expect(body.connection).toMatchObject({ provider_key: 'HUBSPOT', key_id: 'crm' })
  })

  it('shows what is on by default, and turns it off', async () => {
    const path = `/organizations/${ACME}/connections/conn_100000000000000002`
    const name = 'connection.oidc_config.jit_provisioning_with_sso_enabled'
    const { page, url } = await open(`${path}/edit`)
    expect(page).toMatch(new RegExp(`name="${name}"[^>]*checked`))
    await browser.submit(url, page, {
      'connection.key_id': 'acme-okta',
      'connection.oidc_config.pkce_enabled': 'on',
    })
    const { connection } = await local.sdk(DEV).connection.getConnection(ACME, 'conn_100000000000000002')
    expect(connection?.settings.value).toMatchObject({ jitProvisioningWithSsoEnabled: false })
    expect((await open(`${path}/edit`)).page).not.toMatch(new RegExp(`name="${name}"[^>]*checked`))
  })

  it('says what the API cannot empty', async () => {
    const refused = await submit('/roles/guest/edit', {
      'role.display_name': 'Guest',
      'role.description': 'Looks around',
    })
    expect(refused.response.status).toBe(422)
    expect(refused.page).toContain('the API cannot clear this field')
  })

  it('is refused without the token of its page, and from another site', async () => {
    const { url, page } = await open(`/organizations/${ACME}/delete`)
    expect((await browser.submit(url, '', {})).response.status).toBe(403)
    const csrf = /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? ''
    const foreign = await browser.open(url, {
      method: 'POST',
      headers: { origin: 'https://evil.example' },
      body: new URLSearchParams({ csrf }),
    })
    expect(foreign.status).toBe(403)
    expect((await local.sdk(DEV).organization.getOrganization(ACME)).organization?.id).toBe(ACME)
  })
})

describe('a deletion', () => {
  it('asks on a page of its own, and goes on to the list', async () => {
    const { page, url } = await open(`/organizations/${ACME}/delete`)
    expect(page).toContain('<h1>Delete organization: Acme Robotics</h1>')
    const deleted = await browser.submit(url, page, {})
    expect(deleted.url).toBe(at('/organizations'))
    await expect(local.sdk(DEV).organization.getOrganization(ACME)).rejects.toThrow()
  })

  it('is refused with the reason', async () => {
    const refused = await submit('/roles/admin/delete', {})
    expect(refused.response.status).toBe(422)
    expect(refused.page).toContain('Users hold the role admin')
    const done = await submit('/roles/admin/delete', { reassign_role_name: 'member' })
    expect(done.url).toBe(at('/roles'))
    const { roles } = await local.sdk(DEV).user.listUserRoles(ACME, 'usr_100000000000000101')
    expect(roles.map(({ name }) => name)).toEqual(['member'])
  })
})

describe('a secret', () => {
  it('is on the page after it was created, and on no other', async () => {
    const created = await submit(`/organizations/${ACME}/clients/-/new`, { 'client.name': 'Machine' })
    expect(created.response.headers.get('cache-control')).toBe('no-store')
    const [, id = ''] = /data-copy="(m2morg_\d+)"/.exec(created.page ?? '') ?? []
    const [, secret = ''] = /<dt>Client secret<\/dt>.*?data-copy="([^"]+)"/s.exec(created.page ?? '') ?? []
    expect(secret.length).toBeGreaterThan(20)
    const token = await fetch(`${local.url}/${DEV}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret }),
    })
    expect(token.status).toBe(200)
    for (const path of ['', '/edit']) {
      const { page, response } = await open(`/organizations/${ACME}/clients/${id}${path}`)
      expect(response.status).toBe(200)
      expect(page).not.toContain(secret)
    }
  })

  it('of a webhook or an interceptor is shown once, too', async () => {
    const created = await submit('/webhooks/-/new', { url: 'http://localhost:9/hook' })
    const [, secret = ''] = /data-copy="(whsec_[^"]+)"/.exec(created.page ?? '') ?? []
    expect(secret).not.toBe('')
    expect((await open('/webhooks')).page).toContain('http://localhost:9/hook')
    expect((await open('/webhooks')).page).not.toContain(secret)
    const id = /webhooks\/(wh_\d+)"/.exec((await open('/webhooks')).page)?.[1] ?? ''
    const detail = await open(`/webhooks/${id}`)
    expect(detail.page).toContain(id)
    expect(detail.page).not.toContain(secret)
  })
})

describe('a list', () => {
  it('is shown page by page, with nothing left out', async () => {
    const sdk = local.sdk(DEV)
    for (let count = 0; count < 60; count++)
      await sdk.organization.createOrganization(`Organization ${count}`)
    const seen = new Set<string>()
    let path: string | undefined = '/organizations'
    while (path !== undefined) {
      const { page } = await open(path)
      for (const [, id = ''] of page.matchAll(/data-copy="(org_\d+)"/g)) seen.add(id)
      const next = /href="([^"]+)" rel="next"/.exec(page)?.[1]
      path = next?.replaceAll('&amp;', '&').replace(`/dashboard/${DEV}`, '')
    }
    expect(seen.size).toBe(65)
  })

  it('whose pages have numbers is shown as a whole, too', async () => {
    const sdk = local.sdk(DEV)
    for (let count = 0; count < 30; count++) await sdk.domain.createDomain(GLOBEX, `d${count}.globex.example`)
    const first = await open(`/organizations/${GLOBEX}/domains`)
    const next = /href="([^"]+)" rel="next"/.exec(first.page)?.[1] ?? ''
    const second = await browser.follow(local.url + next)
    const idsIn = (page = '') => [...page.matchAll(/data-copy="(dom_\d+)"/g)].map(([, id]) => id)
    expect(new Set([...idsIn(first.page), ...idsIn(second.page)]).size).toBe(31)
    expect(second.page).not.toContain('rel="next"')
  })

  it('is offered as a whole where a form chooses from it', async () => {
    const sdk = local.sdk(DEV)
    for (let count = 0; count < 120; count++)
      await sdk.permission.createPermission({ name: `p${count}:read`, description: 'Reads' } as never)
    const { page } = await open('/roles/-/new')
    expect([...page.matchAll(/name="role\.permissions"/g)]).toHaveLength(123)
  })

  it('is on the page of its environment and of what it belongs to', async () => {
    const environment = await open('')
    for (const text of ['Acme Robotics', 'ana@acme.example', 'projects:write', 'Greeting', 'Development app'])
      expect(environment.page).toContain(text)
    const organization = await open(`/organizations/${ACME}`)
    for (const text of ['ana@acme.example', 'acme-okta', 'Acme Okta', 'acme.example'])
      expect(organization.page).toContain(text)
  })
})

describe('the page of an object', () => {
  it('has its JSON as the API answers it', async () => {
    const { page } = await open(`/organizations/${ACME}`)
    const [, json = ''] = /<pre[^>]*id="json-text"[^>]*>(.*?)<\/pre>/s.exec(page) ?? []
    const token = await local.client(DEV)
    const { body } = await local.rest('GET', `/${DEV}/api/v1/organizations/${ACME}`, { token })
    expect(JSON.parse(json.replaceAll('&quot;', '"'))).toEqual(body.organization)
  })

  it('has its history: the events that mention it', async () => {
    const created = await submit('/organizations/-/new', { 'organization.display_name': 'Hooli' })
    expect(created.page).toContain('organization.created')
    await submit(`/organizations/${idIn(created.url)}/edit`, { 'organization.display_name': 'Hooli XYZ' })
    const { page } = await open(`/organizations/${idIn(created.url)}`)
    expect(page).toContain('organization.updated')
    expect((await open(`/organizations/${GLOBEX}`)).page).not.toContain('organization.updated')
  })

  it('has all of its history, page by page', async () => {
    const sdk = local.sdk(DEV)
    for (let count = 0; count < 45; count++)
      await sdk.organization.updateOrganization(ACME, { slug: `s-${count}` })
    const seen = new Set<string>()
    let path: string | undefined = `/organizations/${ACME}`
    while (path !== undefined) {
      const { page } = await open(path)
      for (const [, id = ''] of page.matchAll(/<code>(evt_\d+)<\/code>/g)) seen.add(id)
      path = /href="([^"#]+before=[^"#]+)/.exec(page)?.[1]?.replace(`/dashboard/${DEV}`, '')
    }
    expect(seen.size).toBe(45)
  })

  it('shows what others have written as text', async () => {
    const { organization } = await local
      .sdk(DEV)
      .organization.createOrganization('<img src=x onerror=alert(1)>"', { externalId: '<script>' })
    for (const path of [
      '/organizations',
      `/organizations/${organization?.id}`,
      `/organizations/${organization?.id}/edit`,
    ]) {
      const { page } = await open(path)
      expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;&quot;')
      expect(page).not.toMatch(/<img|<script>/)
    }
  })

  it.each([
    ['that does not exist', `/${DEV}/organizations/org_1`],
    ['of another environment', `/${DEV}/organizations/org_100000000000000011`],
    ['below one of another environment', `/${PRD}/organizations/${ACME}/members`],
    [
      'of a membership in another organization',
      `/${DEV}/organizations/${GLOBEX}/members/usr_100000000000000101`,
    ],
    ['in an environment that does not exist', '/env_1/organizations'],
    ['whose id is a path', `/${DEV}/organizations/..%2F..%2Fx`],
  ])('is missing for one %s', async (_which, path) => {
    expect((await browser.follow(`${local.url}/dashboard${path}`)).response.status).toBe(404)
  })
})

describe('a person', () => {
  it('has links that start the sign-in of each web application as that person', async () => {
    const { page } = await open('/users/usr_100000000000000101')
    const [, href = ''] = /href="([^"]+)">Sign in to Development app/.exec(page) ?? []
    const signIn = await browser.follow(href.replaceAll('&amp;', '&'))
    expect(signIn.page).toContain('value="ana@acme.example"')
    const back = await browser.submit(signIn.url, signIn.page ?? '', { email: 'ana@acme.example' })
    expect(back.url).toMatch(/^http:\/\/localhost:3000\/auth\/callback\?.*code=/)
  })
})

describe('the search', () => {
  const search = async (text: string) =>
    (await browser.follow(`${local.url}/dashboard/search?q=${encodeURIComponent(text)}`)).page ?? ''

  it.each([
    ['acme robotics', `/organizations/${ACME}"`],
    [ACME, `/organizations/${ACME}"`],
    ['Almeida', '/users/usr_100000000000000101"'],
    ['ana@ACME', '/users/usr_100000000000000101"'],
    ['acme-okta', `/organizations/${ACME}/connections/conn_100000000000000002"`],
    ['Acme Okta', `/organizations/${ACME}/directories/dir_100000000000000001"`],
    ['globex.example', `/organizations/${GLOBEX}/domains/dom_100000000000000002"`],
    ['billing:', '/permissions/billing%3Amanage"'],
    ['guest', '/roles/guest"'],
    ['Development a', '/clients/skc_100000000000000001"'],
    ['localhost:3003', '/mcp-servers/res_100000000000000002"'],
    ['northwind', `/dashboard/${PRD}/organizations/org_100000000000000011"`],
  ])('finds %s by its id or name', async (text, link) => {
    expect(await search(text)).toContain(link)
  })

  it('finds webhooks and interceptors', async () => {
    await submit('/webhooks/-/new', { url: 'http://localhost:9/hook' })
    const gate = { display_name: 'Gate', trigger_point: 'PRE_SIGNUP', api_url: 'http://localhost:9/ask' }
    await submit('/interceptors/-/new', { ...gate, failure_policy: 'FAIL_OPEN' })
    expect(await search('localhost:9')).toMatch(/\/webhooks\/wh_\d+".*\/interceptors\/icp_\d+"/s)
    expect(await search('gate')).toContain('>Gate</a>')
  })

  it('says when there are more than it lists', async () => {
    const sdk = local.sdk(DEV)
    for (let count = 0; count < 51; count++) await sdk.organization.createOrganization(`Many ${count}`)
    expect(await search('many')).toContain('There are more')
  })

  it('takes % and _ as they are, and says when it finds nothing', async () => {
    expect(await search('a%c')).toContain('Nothing has')
    expect(await search('<b>')).toContain('&lt;b&gt;')
  })
})

describe('where other machines reach the environment', () => {
  it('asks for the token before any page and any form', async () => {
    const guarded = await createLocalScalekit({
      ...{ memory: true, port: 0, network: { host: '127.0.0.1', token: 'a token of sixteen or more' } },
    })
    try {
      const root = `${guarded.url}/dashboard/${DEV}/organizations`
      for (const path of ['', `/${ACME}`, `/${ACME}/edit`, '/-/new']) {
        const answer = await fetch(root + path, { redirect: 'manual' })
        expect([answer.status, answer.headers.get('location')]).toEqual([303, '/dashboard/sign-in'])
        expect((await fetch(root + path, { method: 'POST' })).status).toBe(403)
      }
    } finally {
      await guarded.close()
    }
  })
})
