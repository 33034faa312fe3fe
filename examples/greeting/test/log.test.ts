import { pino } from 'pino'
import request from 'supertest'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApp } from '../src/app.js'
import { readConfig } from '../src/config.js'
import { type LocalEnvironment, startLocalEnvironment } from './local-environment.js'
import { callOf } from './program.js'

let local: LocalEnvironment
beforeAll(async () => {
  local = await startLocalEnvironment()
})
afterAll(() => local.close())

/** What is in the log after a call of greet_user. */
async function logOf(token: string, headers: Record<string, string> = {}, level = 'info') {
  const lines: string[] = []
  const log = pino({ level }, { write: (line) => lines.push(line) })
  const app = createApp(readConfig(local.variables), log)
  await request(app).get('/health').expect(200)
  const call = callOf('greet_user', { name: 'Saif' })
  await request(app)
    .post('/')
    .set({ host: 'localhost:3002', authorization: `Bearer ${token}`, ...call.headers, ...headers })
    .send(call.body)
  // A line is written when the response is closed.
  await expect.poll(() => lines.join(), { timeout: 120_000 }).toContain('"path":"/",')
  expect(lines.join()).not.toMatch(/eyJ|Saif/)
  return lines.map((line) => JSON.parse(line))
}

test('names the caller of a request, and never a token or an argument', async () => {
  expect(await logOf(await local.tokenOf('ana@acme.example'))).toEqual([
    expect.objectContaining({
      msg: 'request',
      path: '/',
      status: 200,
      subject: 'usr_100000000000000101',
      organizationId: 'org_100000000000000001',
    }),
  ])
})

test('says why a request was refused', async () => {
  const [header, claims] = (await local.tokenOf('ana@acme.example')).split('.')
  const lines = await logOf(`${header}.${claims}.${Buffer.alloc(256).toString('base64url')}`)
  expect(lines).toEqual([
    expect.objectContaining({ msg: 'refused', code: 'invalid_token', detail: expect.any(String) }),
    expect.objectContaining({ msg: 'request', status: 401 }),
  ])
})

test('says what the MCP SDK refused', async () => {
  const token = await local.tokenOf('ana@acme.example')
  const lines = await logOf(token, { 'mcp-protocol-version': '2026-07-28' })
  expect(lines).toContainEqual(
    expect.objectContaining({ msg: 'MCP request failed', err: expect.objectContaining({ type: 'Error' }) }),
  )
})

test('has health checks at the level debug', async () => {
  const lines = await logOf(await local.tokenOf('ana@acme.example'), {}, 'debug')
  expect(lines.map(({ path }) => path)).toEqual(['/health', '/'])
})
