import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ACME, DEV, GLOBEX, type Local, PRD, startLocal } from '../api/local.js'
import { control } from '../security/attack.js'
import { authorize, pkce, redeem, type Tokens } from './authorization-code.js'
import { Browser } from './browser.js'
import { CLIENT } from './sso-client.js'

const APP = CLIENT.client_id

let local: Local
beforeAll(async () => {
  local = await startLocal()
})
beforeEach(async () => {
  await local.reset()
  const { organization } = local.sdk(DEV)
  await organization.updateOrganization(ACME, {
    externalId: 'acme-1',
    metadata: { tenant: 'robots', host: 'sso.acme.example', bad: 'a/b' },
  } as never)
  await local.database.db.updateTable('organizations').set({ slug: 'acme' }).where('id', '=', ACME).execute()
})
afterAll(() => local.close())

async function change(body: object, environment = DEV) {
  const token = await local.client(environment)
  const id = environment.replace('env_', 'skc_')
  return local.rest('PATCH', `/${environment}/api/v1/clients/${id}`, { token, body })
}

/** Where the browser goes from the authorization request: to the redirect URI, or nowhere. */
async function signIn(redirect_uri: string, organization_id?: string, browser = new Browser()) {
  const { challenge, verifier } = pkce()
  const params = { redirect_uri, scope: 'openid', ...(organization_id && { organization_id }) }
  const issuer = `${local.url}/${DEV}`
  const request = { issuer, client_id: APP, challenge, person: 'ana@acme.example', params, browser }
  return { issuer, verifier, redirect: await authorize(request) }
}

describe('redirect URIs with placeholders', () => {
  it.each([
    ['https://{{org_slug}}.app.example/cb', 'https://acme.app.example/cb'],
    ['https://app.example/{{external_id}}/cb', 'https://app.example/acme-1/cb'],
    ['https://app.example/o/{{tenant}}', 'https://app.example/o/robots'],
    ['https://{{host}}/cb', 'https://sso.acme.example/cb'],
    ['http://{{org_slug}}.localhost:3000/{{tenant}}/cb', 'http://acme.localhost:3000/robots/cb'],
  ])('lead to the application of the organization: %s', async (template, uri) => {
    expect((await change({ post_login_uris: [template] })).status).toBe(200)
    const { issuer, verifier, redirect } = await signIn(uri, ACME)
    expect(redirect.href.startsWith(`${uri}?code=`), redirect.href).toBe(true)
    const response = await redeem(issuer, APP, redirect, verifier, { ...CLIENT, redirect_uri: uri })
    expect(response.status).toBe(200)
  })

  it('are refused without the organization, for another one, and for a value that does not fit', async () => {
    const templates = [
      'https://{{org_slug}}.app.example/cb',
      'https://app.example/{{bad}}',
      'https://{{nothing}}/cb',
    ]
    expect((await change({ post_login_uris: templates })).status).toBe(200)
    const uri = 'https://acme.app.example/cb'
    expect((await signIn(uri)).redirect.origin).toBe(local.url)
    expect((await signIn(uri, GLOBEX)).redirect.origin).toBe(local.url)
    for (const other of [...templates, 'https://app.example/a/b', 'https://app.example/', 'https:///cb'])
      expect((await signIn(other, ACME)).redirect.origin, other).toBe(local.url)
    expect((await signIn(uri, ACME)).redirect.origin).toBe('https://acme.app.example')
  })

  it('are refused without the organization by a page that asks for organization_id', async () => {
    await change({ post_login_uris: ['https://{{org_slug}}.app.example/cb'] })
    const open = async (query: Record<string, string>) => {
      const params = { client_id: APP, response_type: 'code', scope: 'openid', ...query }
      const address = `${local.url}/${DEV}/oauth/authorize?${new URLSearchParams(params)}`
      return (await fetch(address, { headers: { accept: 'text/html' } })).text()
    }
    const redirect_uri = 'https://acme.app.example/cb'
    expect(await open({ redirect_uri })).toContain('organization_id')
    expect(await open({ redirect_uri, organization_id: GLOBEX })).not.toContain('organization_id')
  })

  it.each([
    'https://app-{{org_slug}}.example/cb',
    'https://app.example/x-{{org_slug}}',
    'https://app.example/{{org slug}}',
    'https://app.example/{{org_slug}',
    'https://app.example/{{}}',
    'https://app.example:{{external_id}}/cb',
    'https://*.{{org_slug}}.app.example/cb',
    'https://app.example/{{org_slug}}?x=1',
    'javascript://{{org_slug}}/',
  ])('are refused when they are saved: %s', async (template) => {
    const answer = await change({ post_login_uris: [template] })
    expect(answer.status).toBe(400)
    expect(answer.body.message).toContain('post_login_uris')
  })

  it('are refused for back-channel logout, and where they are http in PRD', async () => {
    const template = 'https://{{org_slug}}.app.example/x'
    expect((await change({ back_channel_logout_uris: [template] })).status).toBe(400)
    expect((await change({ post_login_uris: [template.replace('https', 'http')] }, PRD)).status).toBe(400)
    expect((await change({ post_login_uris: [template] }, PRD)).status).toBe(200)
  })

  it('lead on after sign-out, by the organization of the session', async () => {
    const after = 'https://acme.app.example/bye'
    await change({
      post_login_uris: ['https://{{org_slug}}.app.example/cb'],
      post_logout_redirect_uris: ['https://{{org_slug}}.app.example/bye'],
    })
    const browser = new Browser()
    const { issuer, verifier, redirect } = await signIn('https://acme.app.example/cb', ACME, browser)
    const redeemed = await redeem(issuer, APP, redirect, verifier, {
      ...CLIENT,
      redirect_uri: 'https://acme.app.example/cb',
    })
    const { id_token = '' } = (await redeemed.json()) as Tokens
    const leave = (uri: string) =>
      browser.follow(
        `${issuer}/oidc/logout?${new URLSearchParams({ id_token_hint: id_token, post_logout_redirect_uri: uri })}`,
      )
    expect((await leave('https://globex.app.example/bye')).response.status).toBe(400)
    expect((await leave(after)).url).toBe(after)
    // The session is over.
    expect((await leave(after)).response.status).toBe(400)
  })

  it('lead invited users to where the application begins the sign-in of the organization', async () => {
    await change({ initiate_login_uri: 'https://{{org_slug}}.app.example/login' })
    await local.sdk(DEV).user.createUserAndMembership(ACME, { email: 'new@acme.example' })
    const { messages } = (await (await control(local.url, 'outbox')).json()) as {
      messages: { link?: string }[]
    }
    const link = messages.find((message) => message.link?.includes('/invitation?'))?.link ?? ''
    expect((await new Browser().follow(link)).url).toBe('https://acme.app.example/login')
  })
})
