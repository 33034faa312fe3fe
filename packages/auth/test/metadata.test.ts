import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ProtectedApp, startApp } from './protected-app.js'

/** RFC 9728. Nothing of this needs the authorization server to be there. */
describe('the protected resource metadata', () => {
  const issuer = 'https://auth.example.com'
  const apps: ProtectedApp[] = []
  let app: ProtectedApp

  const start = async (...parameters: Parameters<typeof startApp>) => {
    const started = await startApp(...parameters)
    apps.push(started)
    return started
  }
  const document = async (url: string) => (await fetch(url)).json()

  beforeAll(async () => {
    app = await start(() => ({ issuers: [issuer], scopes: ['env:read'], name: 'Greeting' }))
  })
  afterAll(() => Promise.all(apps.map((started) => started.close())))

  test('is at the path of the resource and at the root (section 3.1), the same document', async () => {
    const atPath = await document(`${app.origin}/.well-known/oauth-protected-resource/mcp`)
    expect(atPath).toEqual({
      resource: app.resource,
      authorization_servers: [issuer],
      bearer_methods_supported: ['header'],
      scopes_supported: ['env:read'],
      resource_name: 'Greeting',
    })
    expect(await document(`${app.origin}/.well-known/oauth-protected-resource`)).toEqual(atPath)
    expect(app.protection.resourceMetadataUrl).toBe(`${app.origin}/.well-known/oauth-protected-resource/mcp`)
  })

  test('is for every origin, may be cached, and is only read', async () => {
    const url = app.protection.resourceMetadataUrl
    const headers = { origin: 'https://evil.example' }
    const read = await fetch(url, { headers })
    expect(read.headers.get('access-control-allow-origin')).toBe('*')
    expect(read.headers.get('cache-control')).toBe('public, max-age=300')
    const preflight = await fetch(url, { method: 'OPTIONS', headers })
    expect(preflight.status).toBe(204)
    expect(Object.fromEntries(preflight.headers)).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, HEAD, OPTIONS',
      'access-control-allow-headers': 'Accept, Content-Type, MCP-Protocol-Version',
      'access-control-max-age': '86400',
    })
    const head = await fetch(url, { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
    for (const { headers } of [read, head]) expect(headers.get('content-type')).toBe('application/json')
    expect(head.headers.get('content-length')).toBe(String(Buffer.byteLength(await read.text())))
    const written = await fetch(url, { method: 'POST' })
    expect([written.status, written.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS'])
    expect(await written.json()).toMatchObject({
      error: 'method_not_allowed',
      error_description: 'The resource metadata is read with GET.',
    })
  })

  test('of a root resource is at the root alone, and names the resource as configured', async () => {
    const root = await start(() => ({ issuers: [issuer], scopes: [] }), '')
    expect(root.protection.path).toBe('/')
    expect(await document(root.protection.resourceMetadataUrl)).toMatchObject({ resource: root.origin })
    const slash = await start(() => ({ issuers: [issuer], scopes: [] }), '/')
    expect(await document(slash.protection.resourceMetadataUrl)).toMatchObject({
      resource: `${slash.origin}/`,
    })
  })

  test('for Scalekit names the issuer of the MCP server', async () => {
    const scalekit = { environmentUrl: 'https://acme.scalekit.dev/', resourceId: 'res_1' }
    const known = await start(() => ({ scalekit, scopes: [] }))
    expect(await document(known.protection.resourceMetadataUrl)).toMatchObject({
      authorization_servers: ['https://acme.scalekit.dev/resources/res_1'],
    })
    const unknown = await start(() => ({ scalekit: { environmentUrl: scalekit.environmentUrl }, scopes: [] }))
    expect(await document(unknown.protection.resourceMetadataUrl)).toMatchObject({
      authorization_servers: ['https://acme.scalekit.dev'],
    })
  })

  test('can be given ready-made and is served as it is', async () => {
    const ready = await start((resource) => ({
      issuers: [issuer],
      scopes: ['env:read'],
      metadata: { resource, authorization_servers: [issuer], resource_documentation: 'https://example.com' },
    }))
    expect(await document(ready.protection.resourceMetadataUrl)).toEqual({
      resource: ready.resource,
      authorization_servers: [issuer],
      resource_documentation: 'https://example.com',
    })
  })
})
