import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { Session } from 'node:inspector/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createLocalScalekit } from '@scalekit-mcp/local'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { localEnvironment } from '../packages/server/src/cli/dev.js'
import { loadConfig } from '../packages/server/src/config/config.js'
import { startServer } from '../packages/server/src/main.js'
import { createLog } from '../packages/server/src/observe/log.js'
import { postCall } from '../packages/server/test/post-message.js'
import { allScopes, patient } from '../packages/server/test/server-under-test.js'
import { freePort, mintToken } from './harness/program.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const [, section = ''] =
  /^## From the socket to Scalekit\n(.*?)^## /ms.exec(read('docs/architecture.md')) ?? []
/** The files of the table, in order. */
const path = [...section.matchAll(/^\| `(packages\/[^`]+)`/gm)].map(([, file = '']) => file)
/** What puts them together. */
const assembly = [...section.matchAll(/^(?!\|).*$/gm)].flatMap(([line]) =>
  [...line.matchAll(/`(packages\/[^`]+)`/g)].map(([, file = '']) => file),
)

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8')
}

/** The files that a file imports or exports from. Of another package it gets what that entry of the package exports. */
function importsOf(file: string): string[] {
  return [...read(file).matchAll(/\bfrom '([^']+)'/g)].flatMap(([, specifier = '']) => {
    const [, name, entry = 'index'] = /^@scalekit-mcp\/(\w+)(?:\/(\w+))?$/.exec(specifier) ?? []
    if (name !== undefined) return importsOf(`packages/${name}/src/${entry}.ts`)
    return specifier.startsWith('.') ? [join(dirname(file), specifier).replace(/\.js$/, '.ts')] : []
  })
}

describe('the path of a request', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'request-path-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  test('is at most 25 files long, from the socket to the connection to Scalekit', () => {
    expect(path.length).toBeLessThanOrEqual(25)
    expect([path.at(0), path.at(-1)]).toEqual([
      'packages/server/src/http/listener.ts',
      'packages/api/src/exchange.ts',
    ])
    expect(new Set(path).size).toBe(path.length)
    expect(assembly).toHaveLength(5)
  })

  test('can be walked: each file is imported by one above it, or by what puts them together', () => {
    const unreachable = path.filter(
      (file, index) =>
        ![...path.slice(0, index), ...assembly].some((above) => importsOf(above).includes(file)),
    )
    expect(unreachable).toEqual([])
  })

  test('is what a call passes', async () => {
    const port = await freePort()
    const resource = `http://localhost:${port}/mcp`
    const local = await createLocalScalekit({
      port: 0,
      memory: true,
      mcpServerUrl: resource,
      mcpServerId: 'res_100000000000000000',
    })
    const environment = localEnvironment(local, resource, 'environment')
    const config = loadConfig(
      { ...environment, PORT: String(port), AUDIT_FILE: join(folder, 'audit.jsonl') },
      {},
    )
    const server = await startServer(
      { ...config, timeouts: patient },
      createLog('info', { write: () => undefined }),
    )
    const token = await mintToken(
      { localUrl: local.url },
      { subject: 'olivia@yourcompany.example', resource: environment.MCP_SERVER_ID, scopes: allScopes },
    )
    const create = (name: string) => postCall(resource, token, 'create_organization', { name })
    const session = new Session()
    session.connect()
    await session.post('Profiler.enable')
    await session.post('Profiler.startPreciseCoverage', { callCount: true })
    // What is loaded or made once does not count.
    await expect.poll(async () => (await create('First')).status).toBe(200)
    await session.post('Profiler.takePreciseCoverage')
    const answer = await create('Second')
    const { result } = await session.post('Profiler.takePreciseCoverage')
    await session.post('Profiler.stopPreciseCoverage')
    session.disconnect()
    await server.stop()
    await local.close()

    expect(answer.message.result).toMatchObject({
      structuredContent: { organization: { displayName: 'Second' } },
    })
    const ran = result
      .filter(({ functions }) => functions.some(({ ranges }) => (ranges[0]?.count ?? 0) > 0))
      .map(({ url }) => url.replace(/^.*\/(packages\/\w+)\/(?:src|dist)\/(.*)\.[jt]s$/, '$1/src/$2.ts'))
    expect(path.filter((file) => !ran.includes(file))).toEqual([])
  })
})
