import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLocalScalekit, type LocalScalekit } from '../../src/index.js'
import { emptyStorage } from '../empty-storage.js'
import { MCP_SERVER, mcpIssuer } from './authorization-code.js'

const DEV = 'env_100000000000000001'

let local: LocalScalekit
beforeAll(async () => {
  local = await createLocalScalekit({ ...(await emptyStorage()), port: 0 })
})
afterAll(() => local.close())

async function metadataAt(path: string): Promise<Record<string, unknown>> {
  const response = await fetch(local.url + path)
  expect(response.status, path).toBe(200)
  return (await response.json()) as Record<string, unknown>
}

describe("the metadata of an MCP server's authorization server (RFC 8414)", () => {
  const places = [
    `/.well-known/oauth-authorization-server/workspace/resources/${MCP_SERVER}`,
    `/workspace/resources/${MCP_SERVER}/.well-known/oauth-authorization-server`,
  ]

  it('is at the inserted and at the appended URL, and the same', async () => {
    const [inserted, appended] = await Promise.all(places.map(metadataAt))
    expect(inserted).toEqual(appended)
  })

  it('names the issuer that it was asked for, byte for byte, and says what MCP clients look for', async () => {
    const issuer = mcpIssuer(local.url)
    expect(await metadataAt(places[0] ?? '')).toMatchObject({
      issuer,
      authorization_endpoint: `${issuer}/oauth/authorize`,
      token_endpoint: `${issuer}/oauth/token`,
      introspection_endpoint: `${issuer}/oauth/introspect`,
      revocation_endpoint: `${issuer}/oauth/revoke`,
      registration_endpoint: `${local.url}/workspace/api/v1/resources/${MCP_SERVER}/clients:register`,
      jwks_uri: `${local.url}/workspace/keys`,
      code_challenge_methods_supported: ['S256'],
      response_types_supported: ['code'],
      client_id_metadata_document_supported: true,
      authorization_response_iss_parameter_supported: true,
      scopes_supported: expect.arrayContaining(['workspace:read', 'organization:write']),
    })
  })

  it('is not served as an OpenID configuration, and has no key set of its own, as live', async () => {
    for (const path of [
      `/.well-known/openid-configuration/workspace/resources/${MCP_SERVER}`,
      `/workspace/resources/${MCP_SERVER}/.well-known/openid-configuration`,
      `/workspace/resources/${MCP_SERVER}/keys`,
    ]) {
      expect((await fetch(local.url + path)).status, path).toBe(404)
    }
  })

  it('names the canonical host, however it was reached', async () => {
    const response = await fetch(`http://127.0.0.1:${local.port}${places[0]}`)
    expect(await response.json()).toEqual(await metadataAt(places[0] ?? ''))
  })

  it.each([
    '/workspace/resources/res_999/.well-known/oauth-authorization-server',
    `/env_999/resources/${MCP_SERVER}/.well-known/oauth-authorization-server`,
    `/${DEV}/resources/${MCP_SERVER}/.well-known/oauth-authorization-server`,
    '/.well-known/oauth-authorization-server',
    '/.well-known/oauth-authorization-server/nowhere',
  ])('is not at %s', async (path) => {
    expect((await fetch(local.url + path)).status).toBe(404)
  })
})

describe('the metadata of a realm', () => {
  it.each(['workspace', DEV])('of %s is at all four URLs, and the same', async (realm) => {
    const [first, ...others] = await Promise.all(
      ['oauth-authorization-server', 'openid-configuration'].flatMap((document) => [
        metadataAt(`/.well-known/${document}/${realm}`),
        metadataAt(`/${realm}/.well-known/${document}`),
      ]),
    )
    expect(first).toMatchObject({
      issuer: `${local.url}/${realm}`,
      token_endpoint: `${local.url}/${realm}/oauth/token`,
      jwks_uri: `${local.url}/${realm}/keys`,
      userinfo_endpoint: `${local.url}/${realm}/userinfo`,
      end_session_endpoint: `${local.url}/${realm}/oidc/logout`,
      grant_types_supported: expect.arrayContaining(['urn:ietf:params:oauth:grant-type:token-exchange']),
    })
    for (const other of others) expect(other).toEqual(first)
  })

  it('has a key set of its own, without private parts', async () => {
    const sets = await Promise.all(
      ['workspace', DEV].map(async (realm) => (await fetch(`${local.url}/${realm}/keys`)).json()),
    )
    const keys = sets.flatMap((set) => (set as { keys: Record<string, unknown>[] }).keys)
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(2)
    for (const key of keys) expect(Object.keys(key).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use'])
  })
})
