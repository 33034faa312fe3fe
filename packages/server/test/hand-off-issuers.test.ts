import { createServer } from 'node:http'
import { createLocalScalekit, type LocalScalekit } from '@scalekit-mcp/local'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { HandOffVisitor } from '../../../test/harness/hand-off-page.js'
import { Person } from '../../../test/harness/person.js'
import { freePort, mintToken } from '../../../test/harness/program.js'
import { localEnvironment } from '../src/cli/dev.js'
import { loadConfig } from '../src/config/config.js'
import { type RunningServer, startServer } from '../src/main.js'
import { createLog } from '../src/observe/log.js'
import { postCall, toolErrorOf } from './post-message.js'
import { allScopes, patient } from './server-under-test.js'

let resource: string
let server: RunningServer
/** Two authorization servers of one MCP server. The API is that of the first. */
let first: LocalScalekit
let second: LocalScalekit
const keys = createServer(async (_request, response) => {
  const sets = await Promise.all(
    [first, second].map(async ({ url }) => (await fetch(`${url}/workspace/keys`)).json()),
  )
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ keys: sets.flatMap((set) => (set as { keys: unknown[] }).keys) }))
})

const authorizationServer = ({ url }: LocalScalekit) => `${url}/workspace/resources/res_100000000000000001`

beforeAll(async () => {
  const port = await freePort()
  resource = `http://localhost:${port}/mcp`
  const options = { port: 0, memory: true, mcpServerUrl: resource }
  first = await createLocalScalekit(options)
  second = await createLocalScalekit(options)
  const keysPort = await freePort()
  await new Promise<void>((resolve) => keys.listen(keysPort, '127.0.0.1', resolve))
  const servers = [first, second]
  const config = loadConfig(
    {
      ...localEnvironment(first, resource),
      PORT: String(port),
      AUDIT_FILE: 'none',
      INTROSPECTION_URL: '',
      EXPECTED_ISSUERS: servers.map(({ url }) => `${url}/workspace`).join(','),
      JWKS_URI: `http://127.0.0.1:${keysPort}/`,
      PROTECTED_RESOURCE_METADATA: JSON.stringify({
        resource,
        authorization_servers: servers.map(authorizationServer),
      }),
    },
    {},
  )
  server = await startServer({ ...config, timeouts: patient }, createLog('silent'))
})
afterAll(async () => {
  await server.stop()
  keys.close()
  await Promise.all([first.close(), second.close()])
})

/** A call that waits for a person, with a token of an authorization server. */
async function pageOf(local: LocalScalekit, email: string): Promise<string> {
  const token = await mintToken({ localUrl: local.url }, { resource, scopes: allScopes })
  const error = toolErrorOf(await postCall(resource, token, 'invite_workspace_member', { email }))
  expect(error).toMatchObject({ code: 'person_needed' })
  return (error as unknown as { handOff: { url: string } }).handOff.url
}

const redirectOf = async (link: string) => {
  const response = await fetch(link, { redirect: 'manual' })
  const cookies = response.headers.getSetCookie().map((each) => each.split(';')[0])
  return { to: new URL(response.headers.get('location') ?? ''), cookie: cookies.join('; ') }
}

test('a person signs in at the authorization server that issued the token of the call', async () => {
  for (const local of [first, second]) {
    const email = `at-${new URL(local.url).port}@example.com`
    const link = await pageOf(local, email)
    expect((await redirectOf(link)).to.href).toContain(`${authorizationServer(local)}/`)
    const page = await new HandOffVisitor('admin@example.com').open(link)
    expect(page.asksFor).toBe(email)
  }
})

test('an answer in the name of another authorization server is refused, and nothing is sent to either', async () => {
  const { to, cookie } = await redirectOf(await pageOf(second, 'mixed-up@example.com'))
  const callback = await new Person('admin@example.com').authorize(to)
  expect(callback.searchParams.get('iss')).toBe(authorizationServer(second))
  const answer = (changes: Record<string, string>) => {
    const url = new URL(callback)
    for (const [name, value] of Object.entries(changes)) url.searchParams.set(name, value)
    return fetch(url, { redirect: 'manual', headers: { cookie } })
  }
  const mixedUp = { iss: authorizationServer(first) }
  for (const changes of [mixedUp, { ...mixedUp, error: 'access_denied' }]) {
    const refused = await answer(changes)
    expect(refused.status).toBe(400)
    // No session begins, and the sign-in is over.
    expect(refused.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^hand-off-[\w-]{16}=;.*Max-Age=0$/),
    ])
  }
  // The code was not used: it is still good at the server that issued it.
  expect((await answer({})).status).toBe(303)
})
