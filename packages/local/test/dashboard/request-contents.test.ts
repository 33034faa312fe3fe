import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createLocalScalekit, type LocalScalekit } from '../../src/index.js'
import { emptyStorage } from '../empty-storage.js'

const DEV = 'env_100000000000000001'
const CLIENT = 'skc_100000000000000001'

let local: LocalScalekit
let token: string
beforeAll(async () => {
  local = await createLocalScalekit({ ...(await emptyStorage()), port: 0 })
})
beforeEach(async () => {
  token = String((await tokenAnswer()).access_token)
})
afterAll(() => local.close())

async function tokenAnswer(): Promise<Record<string, unknown>> {
  const response = await fetch(`${local.url}/${DEV}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: CLIENT,
      client_secret: 'test_local_secret',
    }),
  })
  return (await response.json()) as Record<string, unknown>
}

/** The page of the latest request. */
async function latestPage(): Promise<string> {
  const headers = { 'x-scalekit-local': '1' }
  const answer = await fetch(`${local.url}/__local/requests`, { headers })
  const { requests } = (await answer.json()) as { requests: { id: string }[] }
  return (await fetch(`${local.url}/dashboard/requests/${requests.at(-1)?.id}`)).text()
}

const call = (path: string, body: object) =>
  fetch(`${local.url}/${DEV}/api/v1/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

describe('the page of a request', () => {
  it('hides the secret of a client and the token that it got', async () => {
    const page = await latestPage()
    expect(page).toContain('client_secret=[hidden]')
    expect(page).toContain('&quot;access_token&quot;: &quot;[hidden]&quot;')
    expect(page).not.toContain(token)
    expect(page).not.toContain('test_local_secret')
  })

  it('hides a secret that the API made, and the header that authorized the call', async () => {
    const made = await call(`clients/${CLIENT}/secrets`, {})
    const { plain_secret } = (await made.json()) as { plain_secret: string }
    const page = await latestPage()
    expect(plain_secret.length).toBeGreaterThan(10)
    expect(page).toContain('authorization: [hidden]')
    expect(page).not.toContain(plain_secret)
    expect(page).not.toContain(token)
  })

  it('hides the link to the admin portal, and links to accounts', async () => {
    const made = await fetch(`${local.url}/${DEV}/api/v1/organizations/org_100000000000000001/portal_links`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}` },
    })
    const { link } = (await made.json()) as { link: { id: string; location: string } }
    const page = await latestPage()
    expect(page).toContain(link.id)
    expect(page).toContain('/magicLink/…')
    expect(page).not.toContain(link.location)

    const asked = { connector: 'gmail', identifier: 'somebody' }
    const account = await call('connected_accounts/magic_link', asked)
    const { link: secret } = (await account.json()) as { link: string }
    expect(secret).toContain('http')
    expect(await latestPage()).not.toContain(secret)
  })

  it('hides codes of a query and of a body, and shows states and codes of errors', async () => {
    await fetch(`${local.url}/${DEV}/keys?code=s3cr3t-c0de&state=a-state`)
    const asked = await latestPage()
    expect(asked).toContain('?code=[hidden]&amp;state=a-state')
    expect(asked).not.toContain('s3cr3t-c0de')
    await call('passwordless/email/verify', { code: '271828', auth_request_id: 'none' })
    const refused = await latestPage()
    expect(refused).not.toContain('271828')
    expect(refused).toContain('&quot;error_code&quot;')
  })

  it('shows text of others as text', async () => {
    await call('organizations', { display_name: '<img src=x onerror=alert(1)>' })
    const page = await latestPage()
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;')
    expect(page).not.toContain('<img')
  })

  it('says that a long body is not kept, and does not offer to send a part of it', async () => {
    await call('organizations', { display_name: 'x'.repeat(70_000) })
    const page = await latestPage()
    expect(page).toContain('too long to be kept')
    expect(page).not.toContain('Send it again')
  })

  it('is gone with the hundredth request after it, and its line stays', async () => {
    const headers = { 'x-scalekit-local': '1' }
    const lines = async () =>
      (
        (await (await fetch(`${local.url}/__local/requests`, { headers })).json()) as {
          requests: { id: string }[]
        }
      ).requests
    const [first] = (await lines()).slice(-1)
    for (let count = 0; count < 100; count++) await (await fetch(`${local.url}/${DEV}/keys`)).arrayBuffer()
    const page = await (await fetch(`${local.url}/dashboard/requests/${first?.id}`)).text()
    expect(page).toContain('Only the contents of the latest 100 requests are kept.')
    expect((await lines()).map(({ id }) => id)).toContain(first?.id)
  })
})
