import { request } from 'node:http'
import { networkInterfaces } from 'node:os'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { freePort } from '../../../../test/harness/program.js'
import { createLocalScalekit, type LocalScalekit, type NetworkOptions } from '../../src/index.js'
import { addProvider } from '../api/agents/provider-api.js'
import { signIn } from '../oauth/authorization-code.js'
import { Browser } from '../oauth/browser.js'

const TOKEN = 'a token of sixteen or more'
/** Where other machines reach this one. */
const ADDRESS =
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? '127.0.0.2'

let local: LocalScalekit
beforeAll(async () => {
  const port = await freePort()
  const network = { host: '0.0.0.0', publicUrl: `http://${ADDRESS}:${port}`, token: TOKEN }
  local = await createLocalScalekit({
    ...{ memory: true, port, network: { ...network, allowedHosts: ['scalekit.test:8787'] } },
  })
})
afterAll(() => local.close())

/** Sends a request to this machine under a name. */
function ask(
  host: string,
  path: string,
  to = local,
): Promise<{ status: number; headers: object; body: string }> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port: to.port, path, headers: { host } }, (response) => {
      let body = ''
      response.on('data', (chunk) => {
        body += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
    })
      .on('error', reject)
      .end()
  })
}

describe('an environment that other machines reach', () => {
  it('signs people in at its public URL', async () => {
    expect(local.url).toBe(`http://${ADDRESS}:${local.port}`)
    const { issuer, tokens } = await signIn(local.url)
    expect(issuer.startsWith(local.url)).toBe(true)
    expect(tokens.access_token).toMatch(/^ey/)
  })

  it('answers to the names that it is given, and to no other', async () => {
    const metadata = '/env_100000000000000001/.well-known/openid-configuration'
    for (const host of ['scalekit.test:8787', 'SCALEKIT.test:8787', `localhost:${local.port}`]) {
      const { status, body } = await ask(host, metadata)
      expect([status, JSON.parse(body).issuer], host).toEqual([200, `${local.url}/env_100000000000000001`])
    }
    for (const host of ['evil.test:8787', 'scalekit.test']) {
      expect((await ask(host, metadata)).body, host).toContain('ALLOWED_HOSTS')
    }
  })

  it('gives control to holders of its token only', async () => {
    const reset = (headers: Record<string, string>) =>
      fetch(`${local.url}/__local/reset`, { method: 'POST', headers })
    for (const sent of [{}, { 'x-scalekit-local': '1' }, { 'x-scalekit-local': `${TOKEN}!` }]) {
      const refused = await reset(sent as Record<string, string>)
      expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining('LOCAL_TOKEN')])
    }
    expect((await reset({ 'x-scalekit-local': TOKEN })).status).toBe(200)
  })

  it('shows its dashboard to them only', async () => {
    const browser = new Browser()
    const at = await browser.follow(`${local.url}/dashboard/tokens`)
    expect(at.url).toBe(`${local.url}/dashboard/sign-in`)
    const wrong = await browser.submit(at.url, at.page ?? '', { token: 'not this one' })
    expect([wrong.response.status, wrong.page]).toEqual([422, expect.stringContaining('not the token')])
    const opened = await browser.submit(at.url, wrong.page ?? '', { token: TOKEN })
    expect([opened.url, opened.page]).toEqual([`${local.url}/`, expect.stringContaining('Overview')])
    expect((await browser.follow(`${local.url}/dashboard/tokens`)).page).toContain('<h1>Tokens</h1>')
    const cookies = browser.cookies().map(({ value }) => value)
    expect(cookies.join()).not.toContain(TOKEN)
    const stranger = await fetch(`${local.url}/Dashboard/reset`, { method: 'POST' })
    expect(stranger.status).toBe(403)
  })
})

it('sends nothing through the proxy to services of its own machine', async () => {
  const other = await createLocalScalekit({ memory: true, port: 0 })
  onTestFinished(() => other.close())
  const environment = `${local.url}/env_100000000000000001`
  const asked = await fetch(`${environment}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      ...{ grant_type: 'client_credentials', client_id: 'skc_100000000000000001' },
      client_secret: 'test_local_secret',
    }),
  })
  const authorization = `Bearer ${((await asked.json()) as { access_token: string }).access_token}`
  const rest = async (method: string, path: string, { body }: { body?: unknown } = {}) => {
    const answer = await fetch(environment + path, {
      ...{ method, headers: { authorization } },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    return { status: answer.status, headers: answer.headers, body: await answer.json() }
  }
  const hosts = ['127.0.0.1', 'localhost', '[::1]']
  for (const [index, host] of hosts.entries()) {
    const name = `inside${index}`
    await addProvider({ rest }, authorization, name, { proxy_url: `http://${host}:${other.port}` })
    const details = { static_auth: { details: { api_key: 'k' } } }
    const connected_account = { authorization_details: details }
    await rest('POST', '/api/v1/connected_accounts', {
      body: { connector: name, identifier: 'ben', connected_account },
    })
    const headers = { authorization, connection_name: name, identifier: 'ben' }
    const refused = await fetch(`${environment}/proxy/`, { headers })
    expect([refused.status, await refused.text()], host).toEqual([
      400,
      expect.stringContaining('the proxy sends nothing to services of its own machine'),
    ])
  }
  const opens = { auth_header_key_override: 'X-Scalekit-Local' }
  const body = {
    ...{ display_name: 'opens', proxy_url: 'https://api.example', proxy_enabled: true },
    auth_patterns: [{ type: 'API_KEY', display_name: 'opens', fields: [], ...opens }],
  }
  expect((await rest('POST', '/api/v1/custom-providers', { body })).status).toBe(400)
})

it('on one address sends a request of the dashboard again there', async () => {
  const port = await freePort()
  const network = { host: ADDRESS, publicUrl: `http://${ADDRESS}:${port}`, token: TOKEN }
  const bound = await createLocalScalekit({ memory: true, port, network })
  onTestFinished(() => bound.close())
  const keys = () => fetch(`${bound.url}/env_100000000000000001/keys`)
  expect((await keys()).status).toBe(200)

  const browser = new Browser()
  const signIn = await browser.follow(`${bound.url}/dashboard/sign-in`)
  await browser.submit(signIn.url, signIn.page ?? '', { token: TOKEN })
  const { page: list = '' } = await browser.follow(`${bound.url}/dashboard/requests?path=keys`)
  const [, id] = /href="\/dashboard\/requests\/(req_\d+)"/.exec(list) ?? []
  const one = await browser.follow(`${bound.url}/dashboard/requests/${id}`)
  const again = await browser.submit(one.url, one.page ?? '', {})
  expect(again.url).toMatch(/\/dashboard\/requests\/req_\d+$/)
  expect(again.url).not.toBe(one.url)
})

it('behind a proxy that ends TLS, pages and cookies are for https', async () => {
  const network = { host: '127.0.0.1', publicUrl: 'https://auth.test', token: TOKEN }
  const behind = await createLocalScalekit({ memory: true, port: 0, network })
  onTestFinished(() => behind.close())
  const query = new URLSearchParams({
    ...{ response_type: 'code', client_id: 'skc_100000000000000001', scope: 'openid' },
    ...{ redirect_uri: 'http://localhost:3000/auth/callback' },
  })
  const { status, headers } = await ask(
    'auth.test',
    `/env_100000000000000001/oauth/authorize?${query}`,
    behind,
  )
  expect(status).toBe(303)
  expect(headers).toMatchObject({
    'set-cookie': expect.arrayContaining([expect.stringMatching(/; secure/i)]),
  })
})

it('without a token, makes one', async () => {
  const network = { host: '127.0.0.1' }
  const [one, two] = await Promise.all(
    [1, 2].map(() => createLocalScalekit({ memory: true, port: 0, network })),
  )
  onTestFinished(async () => void (await Promise.all([one?.close(), two?.close()])))
  expect(one?.token).toMatch(/^[\w-]{32}$/)
  expect(one?.token).not.toBe(two?.token)
  expect(local.token).toBe(TOKEN)
})

it.each<[string, Partial<NetworkOptions> & { tls?: string }, RegExp]>([
  ['a name to listen on', { host: 'example.com' }, /no IP address/],
  ['an address of another machine', { host: '203.0.113.7' }, /no address of this machine/],
  ['a public URL with a path', { publicUrl: 'http://scalekit:8787/env' }, /PUBLIC_URL/],
  ['a public URL of another kind', { publicUrl: 'ftp://scalekit' }, /PUBLIC_URL/],
  ['a URL in place of a host', { allowedHosts: ['http://scalekit:8787'] }, /ALLOWED_HOSTS/],
  ['a short token', { token: 'secret' }, /at least 16/],
  ['TLS of its own', { tls: '/nowhere' }, /for this machine only/],
])('refuses %s', async (_, { tls, ...given }, message) => {
  const network = { host: '127.0.0.1', ...given }
  const started = createLocalScalekit({ memory: true, port: 0, network, ...(tls && { tls }) })
  await expect(started).rejects.toMatchObject({
    code: 'option_invalid',
    message: expect.stringMatching(message),
  })
})
