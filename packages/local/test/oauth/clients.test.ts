import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLocalScalekit, type LocalScalekit } from '../../src/index.js'
import { isPublic } from '../../src/oauth/clients/public-fetch.js'
import { emptyStorage } from '../empty-storage.js'
import {
  authorize,
  MCP_SERVER,
  mcpIssuer,
  pkce,
  REDIRECT_URI,
  redeem,
  register,
} from './authorization-code.js'
import { Browser } from './browser.js'

/** These are this machine, where documents are taken from clients that are being developed. */
const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]']

let local: LocalScalekit
beforeAll(async () => {
  local = await createLocalScalekit({ ...(await emptyStorage()), port: 0 })
})
afterAll(() => local.close())

function postRegistration(body: string, resource = MCP_SERVER): Promise<Response> {
  return fetch(`${local.url}/workspace/api/v1/resources/${resource}/clients:register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
}

describe('dynamic client registration (RFC 7591)', () => {
  it.each([
    {
      client_name: 'Visual Studio Code',
      client_uri: 'https://code.visualstudio.com',
      grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
      response_types: ['code'],
      redirect_uris: [
        'https://insiders.vscode.dev/redirect',
        'https://vscode.dev/redirect',
        'http://127.0.0.1/',
        'http://127.0.0.1:33418/',
      ],
      token_endpoint_auth_method: 'none',
      application_type: 'native',
    },
    {
      client_name: 'Cursor',
      redirect_uris: ['cursor://anysphere.cursor-mcp/oauth/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      scope: 'workspace:read some:thing:else offline_access',
    },
    {
      client_name: 'Claude',
      redirect_uris: ['https://claude.ai/api/mcp/auth_callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_post',
      scope: 'claudeai',
      logo_uri: 'not a url',
      contacts: ['nobody'],
    },
    {
      client_name: 'Web application behind a proxy with TLS on this machine',
      redirect_uris: ['https://localhost:8443/callback', 'https://127.0.0.1:8443/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
    },
  ])('takes what $client_name sends, as a public client', async (metadata) => {
    const response = await postRegistration(JSON.stringify(metadata))
    expect(response.status).toBe(201)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    const client = await response.json()
    expect(client).toMatchObject({
      client_id: expect.stringMatching(/^m2m_\d{18}$/),
      client_name: metadata.client_name,
      redirect_uris: metadata.redirect_uris,
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
    })
    expect(client).not.toHaveProperty('client_secret')
  })

  it.each([
    ['no redirect URI', JSON.stringify({ client_name: 'x', redirect_uris: [] }), 'invalid_redirect_uri'],
    ['javascript:', JSON.stringify({ redirect_uris: ['javascript:alert(1)'] }), 'invalid_redirect_uri'],
    ['data:', JSON.stringify({ redirect_uris: ['data:text/html,x'] }), 'invalid_redirect_uri'],
    ['a fragment', JSON.stringify({ redirect_uris: ['https://a.example/cb#x'] }), 'invalid_redirect_uri'],
    [
      'plain http elsewhere',
      JSON.stringify({ redirect_uris: ['http://a.example/cb'] }),
      'invalid_redirect_uri',
    ],
    ['no object', '"x"', 'invalid_request'],
    ['no JSON', '{', 'invalid_request'],
  ])('refuses %s', async (_name, body, error) => {
    const response = await postRegistration(body)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error })
  })

  it('answers the preflight of a web page', async () => {
    const response = await fetch(`${local.url}/workspace/api/v1/resources/${MCP_SERVER}/clients:register`, {
      method: 'OPTIONS',
      headers: { origin: 'http://localhost:6274', 'access-control-request-method': 'POST' },
    })
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-headers')?.split(', ')).toEqual(
      expect.arrayContaining(['authorization', 'content-type', 'mcp-protocol-version']),
    )
  })

  it('knows no client at an MCP server that does not exist', async () => {
    expect((await postRegistration('{}', 'res_999')).status).toBe(404)
  })

  it('is off where the MCP server says so, and then not in the metadata', async () => {
    await setServerData({ disable_dynamic_client_registration: true })
    const response = await postRegistration(JSON.stringify({ redirect_uris: [REDIRECT_URI] }))
    expect(response.status).toBe(403)
    const metadata = await fetch(`${mcpIssuer(local.url)}/.well-known/oauth-authorization-server`)
    expect(await metadata.json()).not.toHaveProperty('registration_endpoint')
    await setServerData({})
  })

  it('belongs to the MCP server where it was made', async () => {
    const { client_id } = await register(local.url)
    const other = `${local.url}/env_100000000000000001/resources/res_100000000000000002`
    const query = new URLSearchParams({ client_id, redirect_uri: REDIRECT_URI, response_type: 'code' })
    const { response } = await new Browser().follow(`${other}/oauth/authorize?${query}`)
    expect(response.status).toBe(400)
  })
})

describe('the origin null', () => {
  it('is never allowed, not even for an application with a scheme of its own', async () => {
    const redirect_uris = ['com.example.app:/callback', 'cursor://anysphere/callback', REDIRECT_URI]
    const { client_id } = await register(local.url, { redirect_uris })
    const issuer = mcpIssuer(local.url)
    const realm = `${local.url}/workspace`
    const body = () => new URLSearchParams({ grant_type: 'refresh_token', client_id, refresh_token: 'x' })
    const preflight = { method: 'OPTIONS', headers: { 'access-control-request-method': 'POST' } }
    const calls: [string, RequestInit][] = [
      ...[issuer, realm].flatMap((url): [string, RequestInit][] => [
        [`${url}/oauth/token`, { method: 'POST', body: body() }],
        [`${url}/oauth/token`, preflight],
        [`${url}/OAuth/Token`, { method: 'POST', body: body() }],
        [`${url}/oauth/revoke`, { method: 'POST', body: body() }],
        [`${url}/oauth/introspect`, preflight],
        [`${url}/.well-known/oauth-authorization-server`, {}],
      ]),
      [`${realm}/keys`, {}],
      [`${realm}/userinfo`, {}],
      [`${local.url}/.well-known/oauth-authorization-server/workspace`, {}],
      [`${realm}/api/v1/resources/${MCP_SERVER}/clients:register`, { method: 'POST', body: '{}' }],
      [`${realm}/api/v1/resources/${MCP_SERVER}/clients:register`, preflight],
    ]
    for (const [url, init] of calls) {
      const response = await fetch(url, { ...init, headers: { ...init.headers, origin: 'null' } })
      expect(response.headers.get('access-control-allow-origin'), url).toBeNull()
      expect(response.ok, url).toBe(false)
    }
  })
})

describe('a client that is a web page', () => {
  it('reads metadata and keys from anywhere, and gets tokens at the origin of its redirect URI', async () => {
    const issuer = mcpIssuer(local.url)
    const origin = 'http://localhost:4444'
    for (const url of [`${issuer}/.well-known/oauth-authorization-server`, `${local.url}/workspace/keys`]) {
      const response = await fetch(url, { headers: { origin } })
      expect(response.headers.get('access-control-allow-origin')).toBe(origin)
    }
    const { client_id } = await register(local.url)
    const tokenFrom = (from: string) =>
      fetch(`${issuer}/oauth/token`, {
        method: 'POST',
        headers: { origin: from },
        body: new URLSearchParams({ grant_type: 'refresh_token', client_id, refresh_token: 'none' }),
      })
    expect((await tokenFrom(origin)).headers.get('access-control-allow-origin')).toBe(origin)
    expect((await tokenFrom('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull()
    const preflight = await fetch(`${issuer}/oauth/token`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    })
    expect(preflight.status).toBe(204)
  })

  it.each([
    '/.well-known/oauth-authorization-server/workspace/resources/res_100000000000000001',
    '/.well-known/oauth-authorization-server/workspace',
    '/.well-known/openid-configuration/workspace',
    '/workspace/resources/res_100000000000000001/.well-known/oauth-authorization-server',
    '/workspace/userinfo',
  ])('may send the headers of MCP to %s', async (path) => {
    const preflight = await fetch(local.url + path, {
      method: 'OPTIONS',
      headers: {
        origin: 'http://localhost:6274',
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'mcp-protocol-version',
      },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-origin')).toMatch(/^(\*|http:\/\/localhost:6274)$/)
    expect(preflight.headers.get('access-control-allow-headers')).toContain('mcp-protocol-version')
  })
})

describe('a redirect URI', () => {
  const registered = [
    'http://localhost:4444/callback',
    'http://127.0.0.1:4444/callback',
    'https://app.example/cb',
    'cursor://app/cb',
  ]
  let client_id = ''
  beforeAll(async () => {
    client_id = (await register(local.url, { redirect_uris: registered })).client_id
  })

  async function statusOf(redirect_uri: string): Promise<number> {
    const query = new URLSearchParams({
      response_type: 'code',
      client_id,
      redirect_uri,
      code_challenge: pkce().challenge,
      code_challenge_method: 'S256',
    })
    const response = await fetch(`${mcpIssuer(local.url)}/oauth/authorize?${query}`, { redirect: 'manual' })
    if (response.status === 303) expect(response.headers.get('location')).toMatch(/^\/workspace\//)
    return response.status
  }

  it.each([
    ...registered,
    'http://localhost:5555/callback',
    'http://127.0.0.1:65535/callback',
    'http://localhost/callback',
  ])('matches: %s', async (uri) => {
    expect(await statusOf(uri)).toBe(303)
  })

  it.each([
    'http://localhost:4444/callback/',
    'http://localhost:4444/callbackx',
    'http://localhost:4444/callback/../evil',
    'http://localhost:4444/CALLBACK',
    'http://localhost:4444/callback?x=1',
    'http://localhost:4444/callback#x',
    'http://localhost:4444/%63allback',
    'http://localhost:4444@evil.example/callback',
    'http://user@localhost:4444/callback',
    'http://localhost.evil.example:4444/callback',
    'http://evil.example/callback',
    'http://[::1]:4444/callback',
    'http://127.0.0.2:4444/callback',
    'http://0.0.0.0:4444/callback',
    'https://localhost:4444/callback',
    'https://app.example:8443/cb',
    'https://app.example/cb/x',
    'https://app.example./cb',
    'https://APP.example/cb',
    'https://app.example@evil.example/cb',
    'https://xn--pp-9ka.example/cb',
    'http://app.example/cb',
    'cursor://app/cb/x',
    'cursor://other/cb',
    'javascript:alert(1)',
    '//app.example/cb',
    '',
  ])('does not match: %s', async (uri) => {
    expect(await statusOf(uri)).toBe(400)
  })

  it('of one of Scalekit’s own clients leaves no freedom at all', async () => {
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: 'skc_100000000000000001',
      redirect_uri: 'http://localhost:3001/auth/callback',
      code_challenge: pkce().challenge,
      code_challenge_method: 'S256',
    })
    const response = await fetch(`${local.url}/env_100000000000000001/oauth/authorize?${query}`, {
      redirect: 'manual',
    })
    expect(response.status).toBe(400)
  })
})

describe('a client ID metadata document', () => {
  const documents: Record<string, unknown> = {}
  const server = createServer((request, response) => {
    const document = documents[request.url ?? '']
    if (document === undefined) response.writeHead(302, { location: '/client.json' }).end()
    else
      response
        .setHeader('content-type', 'application/json')
        .end(typeof document === 'string' ? document : JSON.stringify(document))
  })
  let base = ''
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const good = {
      client_name: 'Local document',
      redirect_uris: [REDIRECT_URI],
      grant_types: ['authorization_code', 'refresh_token'],
      scope: 'any',
    }
    documents['/client.json'] = { client_id: `${base}/client.json`, ...good }
    documents['/other.json'] = { client_id: `${base}/client.json`, ...good }
    documents['/secret.json'] = { client_id: `${base}/secret.json`, client_secret: 'x', ...good }
    documents['/text.json'] = 'hello'
    documents['/large.json'] = { client_id: `${base}/large.json`, ...good, filler: 'x'.repeat(6000) }
  })
  afterAll(() => new Promise((resolve) => server.close(resolve)))

  it('on this machine makes its client known', async () => {
    const issuer = mcpIssuer(local.url)
    const { verifier, challenge } = pkce()
    const client_id = `${base}/client.json`
    const redirect = await authorize({ issuer, client_id, challenge })
    const response = await redeem(issuer, client_id, redirect, verifier)
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ token_type: 'Bearer', refresh_token: expect.any(String) })
  })

  it.each(['/other.json', '/secret.json', '/text.json', '/large.json', '/moved.json'])(
    '%s is not taken',
    async (path) => {
      const query = new URLSearchParams({
        client_id: base + path,
        redirect_uri: REDIRECT_URI,
        response_type: 'code',
      })
      const response = await fetch(`${mcpIssuer(local.url)}/oauth/authorize?${query}`, { redirect: 'manual' })
      expect(response.status).toBe(400)
      const page = await response.text()
      expect(page).toContain('invalid_client')
      expect(page).toContain('docs/guides/troubleshooting.md#401-again-and-again')
    },
  )

  it('elsewhere is never fetched from an address that is not public', async () => {
    let connections = 0
    const trap = createServer().on('connection', () => connections++)
    await new Promise<void>((resolve) => trap.listen(0, '::', resolve))
    const { port } = trap.address() as AddressInfo
    const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
    const hosts = own.map(({ address, family }) => (family === 'IPv6' ? `[${address}]` : address))
    const disguises = [
      '[::ffff:127.0.0.1]',
      '[::ffff:7f00:2]',
      '0.0.0.0',
      '[::]',
      '127.0.0.2',
      '0x7f.2',
      'localhost.',
    ]
    for (const host of [...hosts, ...disguises, '169.254.169.254'].filter(
      (name) => !LOOPBACK_NAMES.includes(name),
    )) {
      const client_id = `https://${host}:${port}/client.json`
      const query = new URLSearchParams({ client_id, redirect_uri: REDIRECT_URI, response_type: 'code' })
      const response = await fetch(`${mcpIssuer(local.url)}/oauth/authorize?${query}`, { redirect: 'manual' })
      expect(response.status, host).toBe(400)
    }
    expect(connections).toBe(0)
    await new Promise((resolve) => trap.close(resolve))
  })

  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.31.255.255',
    '192.168.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:10.0.0.1',
    '::ffff:a9fe:a9fe',
    'fe80::1',
    'fd00::1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    'ff02::1',
  ])('%s is not public', (address) => {
    expect(isPublic(address)).toBe(false)
  })

  it.each(['1.1.1.1', '93.184.216.34', '172.32.0.1', '2606:4700::1111'])('%s is public', (address) => {
    expect(isPublic(address)).toBe(true)
  })

  it('is not taken where the MCP server says so', async () => {
    await setServerData({ enable_cimd: false })
    const query = new URLSearchParams({
      client_id: `${base}/client.json`,
      redirect_uri: REDIRECT_URI,
      response_type: 'code',
    })
    const response = await fetch(`${mcpIssuer(local.url)}/oauth/authorize?${query}`, { redirect: 'manual' })
    expect(response.status).toBe(400)
    await setServerData({})
  })
})

async function setServerData(data: Record<string, unknown>): Promise<void> {
  await local.database.db
    .updateTable('resources')
    .set({ data: JSON.stringify(data) })
    .where('id', '=', MCP_SERVER)
    .execute()
}
