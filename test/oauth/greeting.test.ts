import type { Server } from 'node:http'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { createHttpServer } from '@scalekit-mcp/auth'
import { createLocalScalekit, type LocalScalekit } from '@scalekit-mcp/local'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApp } from '../../examples/greeting/src/app.js'
import { localSeed } from '../../examples/greeting/src/local-seed.js'
import { ClientApp } from '../harness/client-app.js'
import { Person } from '../harness/person.js'
import { freePort } from '../harness/program.js'

let local: LocalScalekit
let server: Server
let url: string

beforeAll(async () => {
  const port = await freePort()
  url = `http://localhost:${port}/mcp`
  local = await createLocalScalekit({ port: 0, memory: true, seed: localSeed(url) })
  const app = createApp({
    resource: url,
    scalekit: {
      environmentUrl: `${local.url}/env_100000000000000001`,
      resourceId: 'res_100000000000000002',
    },
    log: () => undefined,
  })
  server = createHttpServer(app).listen(port)
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
  expect(JSON.stringify(greeted.content)).toContain('Hello Ada, says usr_100000000000000101.')
  const own = await second.client.callTool({ name: 'list_greetings', arguments: {} })
  expect(JSON.stringify(own.content)).toContain('Hello Ada')

  await expect(second.client.callTool({ name: 'clear_greetings', arguments: {} })).rejects.toThrow()
  expect(app.authorizationUrl?.searchParams.get('scope')?.split(' ')).toEqual(
    expect.arrayContaining(['user:read', 'admin']),
  )
  await signIn(second.transport)
  const cleared = await second.client.callTool({ name: 'clear_greetings', arguments: {} })
  expect(JSON.stringify(cleared.content)).toContain('1 greetings forgotten')
  await second.client.close()
})
