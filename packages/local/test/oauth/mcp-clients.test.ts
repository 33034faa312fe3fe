import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { auth as authV2 } from '@modelcontextprotocol/client'
import { auth as authV1 } from '@modelcontextprotocol/sdk/client/auth.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLocalScalekit, type LocalScalekit } from '../../src/index.js'
import { emptyStorage } from '../empty-storage.js'
import { authorize, claimsOf, mcpIssuer, pkce, postForm, REDIRECT_URI, redeem } from './authorization-code.js'
import { Browser } from './browser.js'

let local: LocalScalekit
/** An MCP server that does nothing but say who issues its tokens (RFC 9728). */
const mcpServer = createServer((_request, response) => {
  response.setHeader('content-type', 'application/json')
  response.end(
    JSON.stringify({
      resource: mcpUrl,
      authorization_servers: [mcpIssuer(local.url)],
      scopes_supported: ['workspace:read'],
    }),
  )
})
let mcpUrl = ''

beforeAll(async () => {
  await new Promise<void>((resolve) => mcpServer.listen(0, '127.0.0.1', resolve))
  mcpUrl = `http://localhost:${(mcpServer.address() as AddressInfo).port}/mcp`
  local = await createLocalScalekit({ ...(await emptyStorage()), port: 0, mcpServerUrl: mcpUrl })
})
afterAll(async () => {
  await local.close()
  await new Promise((resolve) => mcpServer.close(resolve))
})

/** The part that an MCP client application writes: it keeps what it is given, and opens the browser. */
class Application {
  readonly kept = new Map<string, unknown>()
  opened: URL | undefined
  readonly redirectUrl = REDIRECT_URI
  readonly clientMetadata = {
    client_name: 'SDK client',
    redirect_uris: [REDIRECT_URI],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  }

  clientInformation = () => this.kept.get('client') as never
  saveClientInformation = (client: unknown) => this.#keep('client', client)
  tokens = () => this.kept.get('tokens') as never
  saveTokens = (tokens: unknown) => this.#keep('tokens', tokens)
  codeVerifier = () => String(this.kept.get('verifier'))
  saveCodeVerifier = (verifier: string) => this.#keep('verifier', verifier)
  discoveryState = () => this.kept.get('discovery') as never
  saveDiscoveryState = (state: unknown) => this.#keep('discovery', state)

  redirectToAuthorization = (url: URL) => {
    this.opened = url
  }

  #keep(name: string, value: unknown): void {
    this.kept.set(name, value)
  }
}

type Auth = (
  application: Application,
  options: { serverUrl: string; authorizationCode?: string; iss?: string },
) => Promise<string>

describe.each<[string, Auth]>([
  ['@modelcontextprotocol/client', (application, options) => authV2(application, options)],
  ['@modelcontextprotocol/sdk', (application, options) => authV1(application, options)],
])('%s', (_name, auth) => {
  it('discovers, registers, signs in and refreshes', async () => {
    const application = new Application()
    expect(await auth(application, { serverUrl: mcpUrl })).toBe('REDIRECT')

    const browser = new Browser()
    let at = await browser.follow(application.opened?.href ?? '')
    at = await browser.submit(at.url, at.page ?? '', { email: 'admin@example.com' })
    at = await browser.submit(at.url, at.page ?? '', { answer: 'allow' })
    const { searchParams } = new URL(at.url)
    const authorizationCode = searchParams.get('code') ?? ''
    expect(
      await auth(application, { serverUrl: mcpUrl, authorizationCode, iss: searchParams.get('iss') ?? '' }),
    ).toBe('AUTHORIZED')
    const first = application.kept.get('tokens') as { access_token: string }
    expect(claimsOf(first.access_token)).toMatchObject({
      aud: [mcpUrl, 'res_100000000000000001'],
      scopes: ['workspace:read'],
    })

    expect(await auth(application, { serverUrl: mcpUrl })).toBe('AUTHORIZED')
    const second = application.kept.get('tokens') as { access_token: string }
    expect(second.access_token).not.toBe(first.access_token)
  })
})

it('people sign in at an MCP server without a URL, and its tokens are for its id', async () => {
  const environment = `${local.url}/env_100000000000000001`
  const credentials = { client_id: 'skc_100000000000000001', client_secret: 'test_local_secret' }
  const asked = await postForm(`${environment}/oauth/token`, {
    grant_type: 'client_credentials',
    ...credentials,
  })
  const { access_token: token } = (await asked.json()) as { access_token: string }
  const post = async (path: string, body: object) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const answer = await fetch(environment + path, { method: 'POST', headers, body: JSON.stringify(body) })
    return (await answer.json()) as { resource: { id: string }; client_id: string }
  }
  const made = { resource_type: 'MCP_SERVER', name: 'Without a URL', scopes: ['user:read'] }
  const { resource } = await post('/api/v1/resources', made)
  const { client_id } = await post(`/api/v1/resources/${resource.id}/clients:register`, {
    ...{ client_name: 'Test client', redirect_uris: [REDIRECT_URI], token_endpoint_auth_method: 'none' },
  })
  const { verifier, challenge } = pkce()
  const issuer = `${environment}/resources/${resource.id}`
  const params = { scope: 'user:read' }
  const back = await authorize({ issuer, client_id, challenge, person: 'ana@acme.example', params })
  const { access_token } = (await (await redeem(issuer, client_id, back, verifier)).json()) as {
    access_token: string
  }
  expect([claimsOf(access_token).aud].flat()).toContain(resource.id)
})
