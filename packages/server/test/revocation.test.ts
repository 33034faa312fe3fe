import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { postCall } from './post-message.js'
import { type ServerUnderTest, startServerUnderTest } from './server-under-test.js'

let server: ServerUnderTest
let introspection: Server | undefined
afterEach(async () => {
  await server.close()
  introspection?.close()
  introspection = undefined
})

const read = (token: string) => postCall(server.url, token, 'list_organizations')
const write = (token: string) =>
  postCall(server.url, token, 'create_organization', { displayName: 'Initech', externalId: 'initech' })

test('76 first calls at once are all introspected, and none is accepted unchecked', async () => {
  server = await startServerUnderTest()
  const tokens = await Promise.all(Array.from({ length: 76 }, () => server.token()))
  const answers = await Promise.all(tokens.map(read))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  expect(server.log.filter((line) => line.includes('ntrospection'))).toEqual([])
})

test('while introspection fails, a read is served, a write and an answer are refused with 503 and Retry-After', async () => {
  introspection = createServer((_req, res) => res.writeHead(500).end())
  await new Promise<void>((resolve) => introspection?.listen(0, '127.0.0.1', resolve))
  const { port } = introspection.address() as AddressInfo
  server = await startServerUnderTest({ INTROSPECTION_URL: `http://127.0.0.1:${port}/introspect` })
  const token = await server.token()
  expect((await read(token)).status).toBe(200)
  const refused = await write(token)
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])
  expect(JSON.parse(refused.text)).toMatchObject({ error: 'temporarily_unavailable' })
  // A client's answer to a question can release a write.
  const answer = await fetch(server.url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 'x', result: { action: 'accept' } }),
  })
  expect(answer.status).toBe(503)
  const warned = server.log.filter((line) => line.includes('Introspection failed'))
  expect(warned).toEqual([expect.stringContaining('writes are refused')])
})
