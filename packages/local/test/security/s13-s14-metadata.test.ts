import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { measure } from '../../../../test/harness/measure.js'
import { createLocalScalekit, type LocalScalekit } from '../../src/index.js'
import { MCP_SERVER } from '../oauth/authorization-code.js'

const ISSUERS = [
  'workspace',
  'env_100000000000000001',
  'env_100000000000000002',
  `workspace/resources/${MCP_SERVER}`,
  'env_100000000000000001/resources/res_100000000000000002',
]

let local: LocalScalekit
beforeAll(async () => {
  local = await createLocalScalekit({ memory: true, port: 0 })
})
afterAll(() => local.close())

async function read(url: string): Promise<Record<string, unknown>> {
  const response = await fetch(url)
  expect(response.status, url).toBe(200)
  expect(response.headers.get('content-type'), url).toMatch(/^application\/(jwk-set\+)?json/)
  return (await response.json()) as Record<string, unknown>
}

describe('S13: the metadata (RFC 8414)', () => {
  it('names the issuer whose URL was used, byte for byte, and S256 as the only method', async () => {
    const documents: { url: string; issuer: string; metadata: Record<string, unknown> }[] = []
    for (const path of ISSUERS) {
      const issuer = `${local.url}/${path}`
      const document = '.well-known/oauth-authorization-server'
      for (const url of [`${local.url}/${document}/${path}`, `${issuer}/${document}`]) {
        documents.push({ url, issuer, metadata: await read(url) })
      }
    }
    const wrong = documents.filter(
      ({ issuer, metadata }) =>
        metadata.issuer !== issuer ||
        String(metadata.code_challenge_methods_supported) !== 'S256' ||
        String(metadata.response_types_supported) !== 'code',
    )
    expect(wrong).toEqual([])
    measure('S13', `${wrong.length} violations in ${documents.length} documents of ${ISSUERS.length} issuers`)
  })

  it('has endpoints of its own realm only, and nothing of what a server has not', async () => {
    for (const path of ISSUERS) {
      const realm = path.split('/')[0]
      const metadata = await read(`${local.url}/${path}/.well-known/oauth-authorization-server`)
      for (const [name, value] of Object.entries(metadata)) {
        if (/(_endpoint|_uri)$/.test(name)) expect(value, name).toContain(`${local.url}/${realm}/`)
      }
      const methods = metadata.token_endpoint_auth_methods_supported as string[]
      expect(methods).not.toContain('client_secret_jwt')
      expect(metadata).not.toHaveProperty('device_authorization_endpoint')
      expect(metadata).not.toHaveProperty('pushed_authorization_request_endpoint')
    }
  })

  it('is not another issuer’s for a path that only looks like one', async () => {
    for (const path of [
      'WORKSPACE',
      'workspace/',
      'workspace/x',
      'workspace%2f',
      'workspace;x',
      '../workspace',
    ]) {
      const response = await fetch(`${local.url}/.well-known/oauth-authorization-server/${path}`)
      if (response.status !== 200) continue
      expect(((await response.json()) as { issuer: string }).issuer, path).toBe(`${local.url}/workspace`)
      expect(new URL(response.url).pathname.replace(/\/$/, ''), path).toBe(
        '/.well-known/oauth-authorization-server/workspace',
      )
    }
  })
})

describe('S14: the discovery document (OpenID Connect Discovery, section 3)', () => {
  it.each(['workspace', 'env_100000000000000001'])('of %s has every required member', async (realm) => {
    const issuer = `${local.url}/${realm}`
    const metadata = await read(`${issuer}/.well-known/openid-configuration`)
    expect(metadata).toMatchObject({
      issuer,
      authorization_endpoint: `${issuer}/oauth/authorize`,
      token_endpoint: `${issuer}/oauth/token`,
      userinfo_endpoint: `${issuer}/userinfo`,
      jwks_uri: `${issuer}/keys`,
      scopes_supported: expect.arrayContaining(['openid']),
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      claims_supported: expect.arrayContaining(['sub', 'email', 'name']),
    })
    const { keys } = (await read(String(metadata.jwks_uri))) as { keys: Record<string, unknown>[] }
    expect(keys.length).toBeGreaterThan(0)
    for (const key of keys) expect(key).toMatchObject({ kty: 'RSA', alg: 'RS256', use: 'sig' })
    const served = [
      [metadata.authorization_endpoint, 'GET', 400],
      [metadata.token_endpoint, 'POST', 400],
      [metadata.userinfo_endpoint, 'GET', 401],
    ] as const
    for (const [endpoint, method, status] of served) {
      expect((await fetch(String(endpoint), { method })).status, String(endpoint)).toBe(status)
    }
  })
})
