import { Client, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ClientApp } from '../harness/client-app.js'
import { type MetadataDocument, serveMetadataDocument } from '../harness/metadata-document.js'
import { Person } from '../harness/person.js'
import { type Program, startDev } from '../harness/program.js'
import { secondsUntilRefused } from '../harness/revocation.js'

let program: Program
let metadataDocument: MetadataDocument
beforeAll(async () => {
  metadataDocument = await serveMetadataDocument()
  program = await startDev({ env: { NODE_EXTRA_CA_CERTS: metadataDocument.certificate } })
})
afterAll(async () => {
  await program?.stop()
  await metadataDocument?.close()
})

const ways = [
  { name: 'dynamic registration (RFC 7591)', app: () => new ClientApp() },
  {
    name: 'a client ID metadata document',
    app: () => new ClientApp({ clientMetadataUrl: metadataDocument.url }),
  },
]

describe.each(ways)('the MCP client of 2026-07-28, known by $name', ({ app: makeApp }) => {
  const person = new Person('admin@example.com')
  let app: ClientApp
  let client: Client

  const connect = async () => {
    const transport = new StreamableHTTPClientTransport(new URL(program.url), { authProvider: app })
    client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'auto' } })
    const error = await client.connect(transport).then(
      () => undefined,
      (cause: unknown) => cause,
    )
    return { transport, error }
  }
  const signIn = async (transport: StreamableHTTPClientTransport) => {
    const url = app.authorizationUrl
    if (!url) throw new Error('the client did not ask for authorization')
    const callback = await person.authorize(url)
    await transport.finishAuth(callback.searchParams)
  }
  const createOrganization = (name: string) =>
    client.callTool({
      name: 'create_organization',
      arguments: { environmentId: 'env_100000000000000001', name },
    })

  beforeAll(() => {
    app = makeApp()
  })

  test('is refused, finds the authorization server, signs in and connects', async () => {
    const first = await connect()
    expect(first.error).toBeInstanceOf(UnauthorizedError)
    expect(app.authorizationUrl?.searchParams.get('code_challenge_method')).toBe('S256')
    expect(app.authorizationUrl?.searchParams.get('resource')).toBe(program.url)
    expect(app.authorizationUrl?.searchParams.get('scope')?.split(' ')).not.toContain('organization:write')
    await signIn(first.transport)
    expect((await connect()).error).toBeUndefined()
    expect(client.getProtocolEra()).toBe('modern')
  })

  test('lists the tools and reads', async () => {
    const { tools } = await client.listTools()
    expect(tools.map((tool) => tool.name)).toContain('create_organization')
    const { structuredContent } = await client.callTool({ name: 'list_environments', arguments: {} })
    expect(structuredContent).toMatchObject({
      items: [{ id: 'env_100000000000000002' }, { id: 'env_100000000000000001' }],
    })
  })

  test('is refused a write for its scope, steps up, and writes', async () => {
    app.authorizationUrl = undefined
    await expect(createOrganization('Refused')).rejects.toBeInstanceOf(UnauthorizedError)
    const asked = app.authorizationUrl as URL | undefined
    expect(asked?.searchParams.get('scope')?.split(' ')).toEqual(
      expect.arrayContaining(['organization:write', 'organization:read', 'environment:read']),
    )
    const again = new StreamableHTTPClientTransport(new URL(program.url), { authProvider: app })
    await signIn(again)
    await connect()
    const { structuredContent, isError } = await createOrganization('Stepped up')
    expect(isError).toBeFalsy()
    expect(structuredContent).toMatchObject({ organization: { displayName: 'Stepped up' } })
  })

  test('renews its token with the refresh token, which then changes', async () => {
    const before = { ...app.saved }
    app.saved = { ...app.saved, access_token: 'expired.expired.expired' }
    const { structuredContent } = await client.callTool({ name: 'whoami', arguments: {} })
    expect(structuredContent).toMatchObject({ clientId: app.client?.client_id })
    expect(app.saved?.access_token).not.toBe('expired.expired.expired')
    expect(app.saved?.refresh_token).not.toBe(before.refresh_token)
  })

  test('is refused within five seconds of the revocation of its token', async () => {
    expect(await secondsUntilRefused(program, app)).toBeLessThan(5)
    await client.close()
  })
})
