import { createLocalScalekit } from '@scalekit-mcp/local'
import { expect, onTestFinished, test } from 'vitest'
import { localEnvironment } from '../../packages/server/src/cli/dev.js'
import { loadConfig } from '../../packages/server/src/config/config.js'
import { startServer } from '../../packages/server/src/main.js'
import { createLog } from '../../packages/server/src/observe/log.js'
import { freePort, runToEnd } from '../harness/program.js'
import { startNginxWithPrefix } from './nginx.js'

test('behind nginx with path-prefix.conf the doctor finds no problem, and the pages of hand-offs are reached', async () => {
  const [publicPort, port] = [await freePort(), await freePort()]
  const url = `http://localhost:${publicPort}/scalekit/mcp`
  const local = await createLocalScalekit({ port: 0, memory: true, mcpServerUrl: url })
  onTestFinished(() => local.close())
  const settings = { MCP_PATH: '/mcp', TRUST_PROXY: '1', PORT: String(port), AUDIT_FILE: 'none' }
  const config = loadConfig({ ...localEnvironment(local, url), ...settings })
  const server = await startServer(config, createLog('silent'))
  onTestFinished(() => server.stop())
  const nginx = await startNginxWithPrefix(publicPort, port)
  onTestFinished(() => nginx.stop())
  const { code, stdout } = await runToEnd(['doctor', url])
  expect([code, stdout]).toEqual([0, expect.stringContaining('No problems found.')])
  const client = await fetch(`http://localhost:${publicPort}/hand-off/client.json`)
  expect(await client.json()).toMatchObject({ client_uri: `http://localhost:${publicPort}` })
})
