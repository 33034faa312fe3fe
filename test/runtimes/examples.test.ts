import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { createLocalScalekit, type LocalScalekit } from '@scalekit-mcp/local'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { freePort, mintToken } from '../harness/program.js'
import { node, type Runtime, runtimes } from './runtimes.js'

const ENVIRONMENT = 'env_100000000000000001'
const MCP_SERVER = 'res_100000000000000002'
const fileOf = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const programs: Readonly<Record<string, string>> = {
  'Node with Hono': 'examples/fetch/src/hono.ts',
  'Next.js': 'test/runtimes/serve-routes.ts',
  Bun: 'examples/fetch/src/bun.ts',
  Deno: 'examples/fetch/src/deno.ts',
  Workers: 'examples/fetch/src/worker.ts',
}

test('the routes for Next.js import each other as its compiler allows', async () => {
  const folder = fileOf('examples/fetch/next/app')
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ts'))
  expect(files).toHaveLength(2)
  for (const name of files) {
    expect(await readFile(join(folder, name), 'utf8')).not.toMatch(/from '[^']+\.ts'/)
  }
})

describe.each(
  [node('Node with Hono'), node('Next.js'), ...runtimes].map((runtime) => [runtime.name, runtime] as const),
)('the example on %s', (name, runtime: Runtime) => {
  let local: LocalScalekit
  let program: { stop(): Promise<unknown> }
  let resource = ''
  let client: Client | undefined

  beforeAll(async () => {
    const port = await freePort()
    resource = `http://localhost:${port}/mcp`
    local = await createLocalScalekit({
      port: 0,
      memory: true,
      mcpServerUrl: resource,
      mcpServerId: MCP_SERVER,
    })
    program = await runtime.start(fileOf(programs[name] ?? ''), {
      PORT: String(port),
      SK_ENV_URL: `${local.url}/${ENVIRONMENT}`,
      EXPECTED_AUDIENCE: resource,
      MCP_SERVER_ID: MCP_SERVER,
    })
  })
  afterEach(() => client?.close())
  afterAll(async () => {
    await program?.stop()
    await local?.close()
  })

  test('says where to sign in', async () => {
    const response = await fetch(resource, { method: 'POST' })
    expect(response.status).toBe(401)
    const [, metadataUrl = ''] =
      /resource_metadata="([^"]+)"/.exec(response.headers.get('www-authenticate') ?? '') ?? []
    expect(await (await fetch(metadataUrl)).json()).toMatchObject({
      resource,
      authorization_servers: [`${local.url}/${ENVIRONMENT}/resources/${MCP_SERVER}`],
    })
  })

  test.each(['auto', 'legacy'] as const)('serves the official client, its protocol %s', async (mode) => {
    const token = await mintToken(
      { localUrl: local.url },
      { subject: 'ana@acme.example', resource, scopes: ['user:read'] },
    )
    client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } })
    await client.connect(
      new StreamableHTTPClientTransport(new URL(resource), {
        requestInit: { headers: { authorization: `Bearer ${token}` } },
      }),
    )
    expect((await client.listTools()).tools.map((tool) => tool.name)).toEqual(['greet_user'])
    const greeted = await client.callTool({ name: 'greet_user', arguments: { name: 'Ada' } })
    expect(greeted.content).toEqual([
      { type: 'text', text: expect.stringMatching(/^Hi Ada, says usr_\d+\.$/) },
    ])
    // Twenty at once, so that a runtime that keeps requests apart shares the keys between them.
    const many = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        client?.callTool({ name: 'greet_user', arguments: { name: `${at}` } }),
      ),
    )
    expect(many.map((each) => JSON.stringify(each?.content))).toEqual(
      Array.from({ length: 20 }, (_, at) => expect.stringContaining(`Hi ${at}, `)),
    )
  })
})
