import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { freePort, run, runToEnd } from './harness/program.js'

/** A forward proxy that notes where it is asked to connect, and lets nobody through. */
async function startForwardProxy() {
  const asked = new Set<string>()
  const server = createServer()
  server.on('connect', ({ url = '' }: IncomingMessage, socket: Socket) => {
    asked.add(url)
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

let proxy: Awaited<ReturnType<typeof startForwardProxy>>
afterEach(() => proxy.server.close())

const settings = {
  SCALEKIT_ENV_URL: 'https://acme.scalekit.invalid',
  SCALEKIT_CLIENT_ID: 'skc_1',
  SCALEKIT_CLIENT_SECRET: 'secret',
  ADMIN_CLIENTS: 'skc_2',
  JWKS_URI: 'https://keys.scalekit.invalid/keys',
  AUDIT_FILE: 'none',
  LOG_LEVEL: 'silent',
}

test.each(['HTTPS_PROXY', 'https_proxy'])('%s is used for the API and for keys', async (name) => {
  proxy = await startForwardProxy()
  const port = await freePort()
  const child = run(['serve'], { ...settings, PORT: String(port), [name]: proxy.url })
  const ready = () =>
    fetch(`http://localhost:${port}/ready`).then(
      ({ status }) => status,
      () => 0,
    )
  await expect.poll(ready, { timeout: 120_000 }).toBe(503)
  await expect
    .poll(async () => (await ready()) && [...proxy.asked].sort(), { timeout: 120_000 })
    .toEqual(['acme.scalekit.invalid:443', 'keys.scalekit.invalid:443'])
  child.kill()
  await once(child, 'close')
})

test('the doctor uses it too, and NO_PROXY names hosts that are reached directly', async () => {
  proxy = await startForwardProxy()
  const examine = (noProxy: string) =>
    runToEnd(['doctor', 'https://mcp.scalekit.invalid/mcp'], { HTTPS_PROXY: proxy.url, NO_PROXY: noProxy })
  expect((await examine('')).code).toBe(1)
  expect([...proxy.asked]).toEqual(['mcp.scalekit.invalid:443'])
  proxy.asked.clear()
  for (const direct of ['other.invalid,.scalekit.invalid', 'mcp.scalekit.invalid:443', '*']) {
    expect((await examine(direct)).code).toBe(1)
    expect([...proxy.asked]).toEqual([])
  }
})

test('what is no URL of a proxy is a sentence', async () => {
  proxy = await startForwardProxy()
  const { code, stderr } = await runToEnd(['serve'], { ...settings, HTTPS_PROXY: 'proxy.internal:3128' })
  expect([code, stderr]).toEqual([78, expect.stringContaining('HTTPS_PROXY: set it to the URL of the proxy')])
})
