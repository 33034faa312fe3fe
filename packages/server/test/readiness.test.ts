import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createLocalScalekit, type LocalScalekit } from '@scalekit-mcp/local'
import { expect, test } from 'vitest'
import { freePort } from '../../../test/harness/program.js'
import { localEnvironment } from '../src/cli/dev.js'
import { loadConfig } from '../src/config/config.js'
import { startServer } from '../src/main.js'
import { createLog } from '../src/observe/log.js'

/** Passes requests on, except while it hangs: then it accepts them, and nothing answers. */
async function startHangingProxy(target: LocalScalekit) {
  const state = { hangs: true, held: 0, ended: 0 }
  const server = createServer((req, res) => {
    if (state.hangs) {
      state.held++
      res.once('close', () => state.ended++)
      return
    }
    const headers = { ...req.headers, host: `localhost:${target.port}` }
    const onward = request(target.url + req.url, { method: req.method, headers }, (answer) => {
      res.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(res)
    })
    onward.once('error', () => res.destroy())
    req.pipe(onward)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    state,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

test('GET /ready answers from what is known while the issuer and the API hang, and follows them when they are back', async () => {
  const port = await freePort()
  const resource = `http://localhost:${port}/mcp`
  const local = await createLocalScalekit({ port: 0, memory: true, mcpServerUrl: resource })
  const proxy = await startHangingProxy(local)
  const config = loadConfig({
    ...localEnvironment(local, resource),
    SCALEKIT_WORKSPACE_URL: `${proxy.url}/workspace`,
    EXPECTED_ISSUERS: `${local.url}/workspace`,
    JWKS_URI: `${proxy.url}/workspace/keys`,
    PORT: String(port),
    AUDIT_FILE: 'none',
  })
  const server = await startServer(config, createLog('silent'))
  const ready = async () => {
    const response = await fetch(`http://localhost:${port}/ready`)
    return { status: response.status, ...((await response.json()) as object) }
  }
  try {
    // The deadline of a request to the issuer ends its connection: an answer before that has not waited for it.
    for (let ask = 0; ask < 3; ask++) {
      expect(await ready()).toMatchObject({
        status: 503,
        checks: { keys: false, accepting: true },
        details: { api: 'unreachable' },
      })
      expect(proxy.state.ended).toBe(0)
    }
    expect(proxy.state.held).toBeGreaterThan(0)
    proxy.state.hangs = false
    const back = { status: 200, checks: { keys: true, accepting: true }, details: { api: 'reachable' } }
    await expect.poll(ready).toMatchObject(back)
    proxy.state.hangs = true
    expect(await ready()).toMatchObject({ status: 200 })
  } finally {
    await server.stop()
    proxy.close()
    await local.close()
  }
})
