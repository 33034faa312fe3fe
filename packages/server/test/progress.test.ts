import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eras, type ServerUnderTest, startServerUnderTest } from './server-under-test.js'

const environmentId = 'env_100000000000000001'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

async function connect(era: string): Promise<Client> {
  const requestInit = { headers: { authorization: `Bearer ${await server.token()}` } }
  if (era === '2026-07-28') {
    const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'auto' } })
    await client.connect(new StreamableHTTPClientTransport(new URL(server.url), { requestInit }))
    return client
  }
  const client = new LegacyClient({ name: 'test', version: '1' })
  await client.connect(new LegacyTransport(new URL(server.url), { requestInit }))
  return client as unknown as Client
}

describe.each(eras)('a call of several steps over %s', (era) => {
  const call = {
    name: 'add_redirect_uri',
    arguments: { environmentId, uri: `https://${era}.example.com/callback` },
  }

  test('tells how far it is to a client that asks', async () => {
    const client = await connect(era)
    const heard: { progress: number; message?: string }[] = []
    const onprogress = (progress: { progress: number; message?: string }) => heard.push(progress)
    // The older client takes a result schema before the options.
    const result = await (era === '2026-07-28'
      ? client.callTool(call, { onprogress })
      : (client as unknown as LegacyClient).callTool(call, undefined, { onprogress }))
    expect(result.isError).toBeFalsy()
    expect(heard.map(({ progress }) => progress)).toEqual([0, 1])
    expect(heard[1]?.message).toContain('Checking')
    await client.close()
  })
})

test('a call that its client cancels ends: nothing is written after that', async () => {
  const faults = (method: string, body?: object) =>
    fetch(`${server.local.url}/__local/faults`, {
      method,
      headers: { 'x-scalekit-local': '1', 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
  const uri = 'https://cancelled.example.com/callback'
  const client = await connect('2026-07-28')
  await faults('POST', { match: { method: 'GET', path: '/api/v1/clients' }, latency_ms: 100_000, times: 1 })
  const stop = new AbortController()
  const call = { name: 'add_redirect_uri', arguments: { environmentId, uri } }
  const calling = client.callTool(call, { signal: stop.signal })
  const refused = expect(calling).rejects.toThrow()
  await expect.poll(async () => (await faults('GET')).json()).toEqual({ faults: [] })
  stop.abort()
  await refused
  const ended = (line: string) => /"tool":"add_redirect_uri".*"outcome":"upstream_timeout"/.test(line)
  await expect.poll(() => server.log.filter(ended)).toHaveLength(1)
  const { clients } = await server.read('clients', environmentId)
  expect(JSON.stringify(clients)).not.toContain(uri)
  await client.close()
})
