import type { Server } from 'node:http'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { createHttpServer } from '@scalekit-mcp/auth'
import { createLocalScalekit, type LocalScalekit } from '@scalekit-mcp/local'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApp } from '../../examples/greeting/src/app.js'
import { readConfig } from '../../examples/greeting/src/config.js'
import { ClientApp } from '../harness/client-app.js'
import { Person } from '../harness/person.js'
import { freePort } from '../harness/program.js'

const mcpServerId = 'res_100000000000000002'

let local: LocalScalekit
let server: Server
let url: string

beforeAll(async () => {
  const port = await freePort()
  url = `http://localhost:${port}/`
  local = await createLocalScalekit({ port: 0, memory: true, mcpServerUrl: url, mcpServerId })
  const config = readConfig({
    SK_ENV_URL: `${local.url}/env_100000000000000001`,
    MCP_SERVER_ID: mcpServerId,
    EXPECTED_AUDIENCE: url,
    BASELINE_SCOPES: 'user:read',
    LOG_LEVEL: 'silent',
  })
  server = createHttpServer(createApp(config)).listen(port)
})
afterAll(async () => {
  server?.closeAllConnections()
  await new Promise((closed) => server?.close(closed))
  await local?.close()
})

test('the official client signs in to a server on the kit, and steps up for the tool that needs more', async () => {
  const person = new Person('ana@acme.example')
  const app = new ClientApp()
  const open = async () => {
    const transport = new StreamableHTTPClientTransport(new URL(url), { authProvider: app })
    const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'auto' } })
    const error = await client.connect(transport).catch((cause: unknown) => cause)
    return { client, transport, error }
  }
  const signIn = async (transport: StreamableHTTPClientTransport) => {
    if (!app.authorizationUrl) throw new Error('the client did not ask for authorization')
    await transport.finishAuth((await person.authorize(app.authorizationUrl)).searchParams)
  }
  const first = await open()
  expect(first.error).toBeDefined()
  expect(app.authorizationUrl?.searchParams.get('scope')).toContain('user:read')
  await signIn(first.transport)

  const second = await open()
  expect(second.error).toBeUndefined()
  const greeted = await second.client.callTool({ name: 'greet_user', arguments: { name: 'Ada' } })
  expect(greeted.content).toEqual([{ type: 'text', text: 'Hi Ada, welcome to Scalekit!' }])

  const action = { name: 'admin_action', arguments: { action: 'Order robots' } }
  await expect(second.client.callTool(action)).rejects.toThrow()
  expect(app.authorizationUrl?.searchParams.get('scope')?.split(' ')).toContain('admin')
  await signIn(second.transport)
  const done = await second.client.callTool(action)
  expect(done.content).toEqual([{ type: 'text', text: 'Done: Order robots' }])
  const own = await second.client.callTool({ name: 'get_org_data', arguments: {} })
  expect(JSON.stringify(own.content)).toContain('Order robots')
  await second.client.close()
})
