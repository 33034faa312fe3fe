import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLocalScalekit, type LocalScalekit } from '../../src/index.js'
import { authorize, claimsOf, mcpIssuer, pkce, redeem } from './authorization-code.js'
import { Browser } from './browser.js'

let local: LocalScalekit
beforeAll(async () => {
  local = await createLocalScalekit({ memory: true, port: 0 })
})
afterAll(() => local.close())

const CODEX = 'https://chatgpt.com/oauth/codex'

describe('without internet', () => {
  it.each([
    ['https://claude.ai/oauth/claude-code-client-metadata', 'http://localhost:51234/callback', 'Claude Code'],
    [`${CODEX}/client.json`, 'http://127.0.0.1:51234/callback', 'Codex'],
    [`${CODEX}/a-b_c/client.json`, 'http://127.0.0.1:51234/callback/a-b_c', 'Codex'],
    ['https://github.com/copilot/cli/client-metadata.json', 'http://127.0.0.1:60005/', 'GitHub Copilot CLI'],
    ['https://vscode.dev/oauth/client-metadata.json', 'http://127.0.0.1:33418/', 'Visual Studio Code'],
    ['https://vscode.dev/oauth/client-metadata.json', 'https://vscode.dev/redirect', 'Visual Studio Code'],
  ])('%s signs in at %s', async (client_id, redirect_uri, name) => {
    const issuer = mcpIssuer(local.url)
    const { verifier, challenge } = pkce()
    const browser = new Browser()
    const back = await authorize({ issuer, client_id, challenge, browser, params: { redirect_uri } })
    expect(back.href.startsWith(redirect_uri)).toBe(true)
    const response = await redeem(issuer, client_id, back, verifier, { redirect_uri })
    expect(claimsOf(((await response.json()) as { access_token: string }).access_token).client_id).toBe(
      client_id,
    )
    const query = new URLSearchParams({
      ...{ response_type: 'code', client_id, redirect_uri, code_challenge: challenge },
      code_challenge_method: 'S256',
    })
    expect((await browser.follow(`${issuer}/oauth/authorize?${query}`)).page).toContain(name)
  })

  it.each([
    ['https://claude.ai/oauth/claude-code-client-metadata', 'http://localhost:51234/other'],
    [`${CODEX}/abc/client.json`, 'http://127.0.0.1:51234/callback/def'],
  ])('%s does not get a code sent to %s', async (client_id, redirect_uri) => {
    const query = new URLSearchParams({ response_type: 'code', client_id, redirect_uri })
    const response = await fetch(`${mcpIssuer(local.url)}/oauth/authorize?${query}`, { redirect: 'manual' })
    expect(response.status).toBe(400)
  })
})

describe('a document that cannot be read', () => {
  const pageFor = async (client_id: string) => {
    const query = new URLSearchParams({
      response_type: 'code',
      client_id,
      redirect_uri: 'http://localhost/cb',
    })
    const response = await fetch(`${mcpIssuer(local.url)}/oauth/authorize?${query}`)
    expect(response.status).toBe(400)
    return response.text()
  }

  it.each([
    ['https://client.invalid/metadata.json', 'its host name cannot be resolved'],
    ['https://10.0.0.1/metadata.json', 'its host is not on the public internet'],
    ['http://127.0.0.1:1/metadata.json', 'the request failed'],
  ])('is told with its reason: %s', async (client_id, reason) => {
    const page = await pageFor(client_id)
    expect(page).toContain(reason)
    expect(page).toContain('invalid_client_metadata_url')
  })

  it.each<[string, number, string]>([
    ['the answer was HTTP 404', 404, ''],
    ['it is not JSON', 200, '<p>'],
    ['it is not a JSON object', 200, '[]'],
    ['its client_id is not the URL', 200, '{"client_id":"x"}'],
    ['redirect_uris', 200, '{"client_id":"SELF"}'],
  ])('says that %s', async (reason, status, body) => {
    let self = ''
    const server = createServer((_request, response) => {
      response.statusCode = status
      response.end(body.replace('SELF', self))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    self = `http://127.0.0.1:${(server.address() as AddressInfo).port}/client.json`
    expect(await pageFor(self)).toContain(reason)
    server.close()
  })
})

describe('a refused registration', () => {
  it.each([{}, { redirect_uris: [] }, { redirect_uris: 'x' }, { redirect_uris: ['ü"\\'] }, [], 'x', null])(
    'is told in one ASCII sentence: %j',
    async (metadata) => {
      const response = await fetch(
        `${local.url}/workspace/api/v1/resources/res_100000000000000001/clients:register`,
        { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(metadata) },
      )
      expect(response.status).toBe(400)
      const { error_description } = (await response.json()) as { error_description: string }
      expect(error_description).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/)
    },
  )
})

describe('a resource indicator with a query', () => {
  it('names the MCP server, at sign-in and for tokens', async () => {
    const issuer = mcpIssuer(local.url)
    const client_id = 'https://claude.ai/oauth/claude-code-client-metadata'
    const resource = 'http://localhost:3002/mcp?readonly=true&toolsets=a'
    const redirect_uri = 'http://localhost:1234/callback'
    const { verifier, challenge } = pkce()
    const back = await authorize({ issuer, client_id, challenge, params: { redirect_uri, resource } })
    const response = await redeem(issuer, client_id, back, verifier, { redirect_uri, resource })
    const { access_token } = (await response.json()) as { access_token: string }
    expect([claimsOf(access_token).aud].flat()).toContain('http://localhost:3002/mcp')
  })
})
