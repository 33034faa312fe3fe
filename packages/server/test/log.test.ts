import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Secret } from '@scalekit-mcp/auth'
import { createLocalScalekit } from '@scalekit-mcp/local'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../../../test/harness/program.js'
import { localEnvironment } from '../src/cli/dev.js'
import { createLog, loadConfig, startServer } from '../src/index.js'
import { type ServerUnderTest, startServerUnderTest } from './server-under-test.js'

test('a log line never holds a secret, by its name or by its type', () => {
  const lines: string[] = []
  const log = createLog('info', { write: (line) => void lines.push(line) })
  log.info(
    {
      token: 'value-1',
      request: { authorization: 'value-2', path: '/mcp', client_secret: 'value-3' },
      made: new Secret('value-4'),
      err: Object.assign(new Error('no'), { request: { token: 'value-5' } }),
    },
    'x',
  )
  expect(lines.join('')).not.toMatch(/value-\d/)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    token: '[redacted]',
    request: { authorization: '[redacted]', path: '/mcp', client_secret: '[redacted]' },
    err: { message: 'no' },
  })
})

test('nor does the message or the stack of an error', () => {
  const lines: string[] = []
  const log = createLog('info', { write: (line) => void lines.push(line) })
  const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1In0.c2ln'
  log.info({ err: new Error(`GET /${jwt} failed`, { cause: new Error(`Bearer ${jwt}`) }) }, 'x')
  expect(lines.join('')).not.toContain('eyJ')
})

test("an embedder's logger writes the lines, with its own base, redaction and level", async () => {
  const lines: Record<string, unknown>[] = []
  const log = pino(
    { base: { service: 'acme' }, redact: { paths: ['path'], censor: 'hidden' }, messageKey: 'text' },
    { write: (line) => void lines.push(JSON.parse(line)) },
  )
  const port = await freePort()
  const url = `http://localhost:${port}/mcp`
  const local = await createLocalScalekit({ port: 0, memory: true, mcpServerUrl: url })
  const environment = { ...localEnvironment(local, url), PORT: String(port), AUDIT_FILE: 'none' }
  const server = await startServer(loadConfig(environment, {}), log)
  const requests = () => lines.filter(({ text }) => text === 'request')
  try {
    await fetch(url)
    await expect.poll(requests).toMatchObject([{ level: 30, service: 'acme', path: 'hidden', status: 401 }])
    log.level = 'warn'
    await fetch(url)
    log.level = 'info'
    await fetch(url, { method: 'HEAD' })
    await expect.poll(() => requests().map(({ method }) => method)).toEqual(['GET', 'HEAD'])
    // Probes come every few seconds: their lines are for level debug.
    for (const probe of ['/health', '/healthz', '/ready']) await fetch(new URL(probe, url))
    await fetch(url, { method: 'PUT' })
    await expect.poll(() => requests().map(({ method }) => method)).toEqual(['GET', 'HEAD', 'PUT'])
  } finally {
    await server.stop()
    await local.close()
  }
})

describe('a token at the wrong place of a request', () => {
  let folder: string
  let server: ServerUnderTest
  let token: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'log-'))
    server = await startServerUnderTest({ AUDIT_FILE: join(folder, 'audit.jsonl'), TRUST_PROXY: '1' })
    token = await server.token()
  })
  afterAll(async () => {
    await server.close()
    await rm(folder, { recursive: true })
  })

  /** One request as it is on the wire; `fetch` would normalize the target. */
  const get = (target: string, headers: Record<string, string> = {}) =>
    new Promise<void>((resolve, reject) => {
      const { hostname, port, host } = new URL(server.url)
      const sent = request({ hostname, port, path: target, headers: { host, ...headers } }, (response) => {
        response.resume().on('end', resolve)
      })
      sent.on('error', reject).end()
    })

  const secret = 'test_ABCDEFGHIJKLMNOPQRSTUVWX'

  test('is in no line of the log and in no record of the audit log', async () => {
    const parts = [token, secret, ...token.split('.')]
    const encoded = token.replaceAll('e', '%65')
    for (const place of [
      `/mcp/${token}`,
      `/mcp/token=${token}`,
      `/${token}/mcp`,
      `/mcp/Bearer%20abcdefgh`,
      `/mcp/${encoded}`,
      `/mcp?access_token=${token}`,
      `/mcp;token=${token}`,
      `/mcp/${secret}`,
      `//${token}@localhost/mcp`,
      `http://user:${secret}@localhost/mcp`,
      `http://localhost/${token}?${token}`,
      `/.well-known/${token}`,
    ]) {
      await get(place)
    }
    const headers = [
      'referer',
      'cookie',
      'x-request-id',
      'traceparent',
      'x-forwarded-for',
      'user-agent',
      'origin',
    ]
    for (const name of headers) await get('/mcp', { [name]: `http://localhost/${token}` })
    await get('/mcp', { authorization: `Basic ${secret}` })
    await get('/mcp', { authorization: `Bearer ${token}.${token}` })

    const requests = () =>
      server.log.filter((line) => line.includes('"msg":"request"') && !line.includes('"path":"/ready"'))
    await expect.poll(requests).toHaveLength(12 + headers.length + 2)
    const audited = () => readFile(join(folder, 'audit.jsonl'), 'utf8')
    await expect.poll(async () => (await audited()).split('"type":"request"').length - 1).toBe(21)
    const written = server.log.join('') + (await audited())
    for (const part of [...parts, encoded, 'abcdefgh']) expect(written).not.toContain(part)
  })

  test('and the address of a client is logged without its port', async () => {
    await get('/mcp', { authorization: 'Bearer wrong', 'x-forwarded-for': '192.0.2.9:5678' })
    await expect.poll(() => server.log.join('')).toContain('"address":"192.0.2.9"')
  })
})
