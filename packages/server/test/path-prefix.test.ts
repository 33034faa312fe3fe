import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createLocalScalekit, type LocalScalekit } from '@scalekit-mcp/local'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { callTool, eras } from '../../../test/harness/call-tool.js'
import { freePort, mintToken, runToEnd } from '../../../test/harness/program.js'
import { localEnvironment } from '../src/cli/dev.js'
import { loadConfig } from '../src/config/config.js'
import { type RunningServer, startServer } from '../src/main.js'
import { createLog } from '../src/observe/log.js'

/** As deploy/nginx/path-prefix.conf: it strips /scalekit, and forwards the other paths of the server as they are. */
async function startProxy(target: number) {
  const forwards = { metadata: true }
  const server = createServer((req, res) => {
    const { url = '' } = req
    const isMetadata = url === '/.well-known/oauth-protected-resource/scalekit/mcp'
    const path = url.startsWith('/scalekit/') ? url.slice('/scalekit'.length) : url
    if (
      !(url.startsWith('/scalekit/') || url.startsWith('/hand-off/') || (isMetadata && forwards.metadata))
    ) {
      res.writeHead(404).end()
      return
    }
    const onward = request({ port: target, path, method: req.method, headers: req.headers }, (answer) => {
      res.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(res)
    })
    onward.once('error', () => res.destroy())
    req.pipe(onward)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, forwards, port: (server.address() as AddressInfo).port }
}

describe('behind a proxy that strips a prefix', () => {
  let local: LocalScalekit
  let proxy: Awaited<ReturnType<typeof startProxy>>
  let server: RunningServer
  let url: string
  beforeAll(async () => {
    const port = await freePort()
    proxy = await startProxy(port)
    url = `http://localhost:${proxy.port}/scalekit/mcp`
    local = await createLocalScalekit({ port: 0, memory: true, mcpServerUrl: url })
    const config = loadConfig({
      ...localEnvironment(local, url),
      MCP_PATH: '/mcp',
      PORT: String(port),
      AUDIT_FILE: 'none',
    })
    server = await startServer(config, createLog('silent'))
  })
  afterAll(async () => {
    await server.stop()
    proxy.server.close()
    proxy.server.closeAllConnections()
    await local.close()
  })

  test.each(eras)('the official client of %s calls tools', async (era) => {
    const token = await mintToken({ localUrl: local.url })
    const listed = await callTool(era, { url, token }, 'list_environments')
    expect(JSON.stringify(listed)).toContain('env_100000000000000001')
  })

  test('the challenge leads to the metadata under the public URL', async () => {
    const answer = await fetch(`${url}?readonly=true`, { method: 'POST' })
    expect(answer.status).toBe(401)
    const metadata = `http://localhost:${proxy.port}/.well-known/oauth-protected-resource/scalekit/mcp`
    expect(answer.headers.get('www-authenticate')).toContain(`resource_metadata="${metadata}"`)
    expect(await (await fetch(metadata)).json()).toMatchObject({ resource: url })
  })

  test('other spellings of the path are not MCP', async () => {
    for (const path of ['/scalekit/MCP', '/scalekit//mcp', '/scalekit/mcp/', '/scalekit/%6dcp']) {
      const { status } = await fetch(new URL(path, url), { method: 'POST' })
      expect([path, status]).toEqual([path, 404])
    }
  })

  test('the doctor finds no problem, and names metadata that the proxy does not forward', async () => {
    const found = await runToEnd(['doctor', url])
    expect(found.stdout).toContain('No problems found.')
    expect(found.stdout).toMatch(/^ok {6}well-known /m)
    proxy.forwards.metadata = false
    const { stdout, code } = await runToEnd(['doctor', url])
    proxy.forwards.metadata = true
    expect(code).toBe(1)
    expect(stdout).toMatch(/^failed {2}resource-metadata .*forward \/\.well-known\//m)
  })
})

test.each(['mcp', 'https://acme.com/mcp', '/ready', '/.well-known/x', '/mcp?a=b'])(
  'MCP_PATH=%s is refused',
  (value) => {
    expect(() => loadConfig({ MCP_PATH: value })).toThrow(/MCP_PATH: set it to/)
  },
)
