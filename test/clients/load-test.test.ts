import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createLocalScalekit } from '@scalekit-mcp/local'
import { expect, test } from 'vitest'
import { localEnvironment } from '../../packages/server/src/cli/dev.js'
import { freePort, mintToken, run, untilReady } from '../harness/program.js'

const autocannon = fileURLToPath(new URL('node_modules/.bin/autocannon', import.meta.url))
const body = '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}'

/** The load test of the document, for two seconds. */
async function load(url: string, token: string) {
  const { stdout } = await promisify(execFile)(autocannon, [
    ...['-c', '10', '-d', '2', '-m', 'POST', '--json'],
    ...['-H', `Authorization: Bearer ${token}`, '-H', 'Content-Type: application/json'],
    ...['-b', body, url],
  ])
  return JSON.parse(stdout) as Record<'2xx' | 'non2xx' | 'errors', number>
}

test('every answer to autocannon, which sends no Accept header, is 2xx', async () => {
  const port = await freePort()
  const resource = `http://localhost:${port}/`
  const local = await createLocalScalekit({ port: 0, memory: true, mcpServerUrl: resource })
  const server = run(['serve'], {
    ...localEnvironment(local, resource),
    PORT: String(port),
    AUDIT_FILE: 'none',
  })
  try {
    await untilReady(`http://localhost:${port}/ready`, server, () => '')
    const seen = await load(resource, await mintToken({ localUrl: local.url }, { resource }))
    expect(seen).toMatchObject({ non2xx: 0, errors: 0 })
    expect(seen['2xx']).toBeGreaterThan(0)
  } finally {
    const ended = new Promise((resolve) => server.once('close', resolve))
    server.kill()
    await ended
    await local.close()
  }
})
