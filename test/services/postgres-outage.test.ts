import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort, type LocalProgram, mintToken, runToEnd, startLocalProgram } from '../harness/program.js'
import { type Postgres, startPostgres } from './postgres.js'

const environment = 'env_100000000000000001'
const ROUNDS = 40
const CALLERS = 8

let postgres: Postgres
let programs: LocalProgram[] = []
beforeAll(async () => {
  postgres = await startPostgres()
  programs = await Promise.all(
    [1, 2].map(() => startLocalProgram(['--database-url', postgres.url], { LOCAL_PORT: '0' })),
  )
})
afterAll(async () => {
  await Promise.all(programs.map((program) => program.stop()))
  await postgres?.stop()
})

/** Requests of every kind: REST reads and writes, tokens, introspection, pages, control, SCIM without a token. */
async function requestsTo({ url }: LocalProgram): Promise<(() => Promise<Response>)[]> {
  const base = `${url}/${environment}`
  const token = await mintToken(
    { localUrl: url },
    { subject: undefined, client_id: 'skc_100000000000000001', resource: base },
  )
  const authorization = `Bearer ${token}`
  const client = { client_id: 'skc_100000000000000001', client_secret: 'test_local_secret' }
  const form = (path: string, fields: Record<string, string>) => () =>
    fetch(`${base}${path}`, { method: 'POST', body: new URLSearchParams({ ...client, ...fields }) })
  const create = (path: string, body: object) => () =>
    fetch(`${base}${path}`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  return [
    () => fetch(`${base}/api/v1/organizations`, { headers: { authorization } }),
    create('/api/v1/organizations', { display_name: 'Outage' }),
    create('/scalekit.v1.organizations.OrganizationService/CreateOrganization', {
      organization: { displayName: 'Outage' },
    }),
    form('/oauth/token', { grant_type: 'client_credentials' }),
    form('/oauth/introspect', { token }),
    () => fetch(`${url}/dashboard/${environment}`),
    () => fetch(`${url}/__local/state`, { headers: { 'x-scalekit-local': '1' } }),
  ]
}

test(`PostgreSQL ends every connection ${ROUNDS} times under load: requests succeed or answer 503, and both processes stay`, async () => {
  const admin = new Client({ connectionString: postgres.url })
  await admin.connect()
  const unexpected: string[] = []
  let answered = 0
  let over = false
  const load = programs.flatMap((program) =>
    Array.from({ length: CALLERS }, async (_, first) => {
      const requests = await requestsTo(program)
      for (let next = first; !over; next++) {
        const request = requests[next % requests.length]
        const response = await request?.().catch((error: unknown) => error)
        answered++
        const status = response instanceof Response ? response.status : String(response)
        const text = response instanceof Response ? await response.text() : ''
        if (status !== 200 && status !== 201 && status !== 503)
          unexpected.push(`${next % requests.length}: ${status} ${text}`)
      }
    }),
  )
  for (let round = 0; round < ROUNDS; round++) {
    const before = answered
    await expect.poll(() => answered, { interval: 10 }).toBeGreaterThan(before + 20)
    await admin.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    )
  }
  over = true
  await Promise.all(load)
  await admin.end()
  expect(programs.map(({ process: { exitCode } }) => exitCode)).toEqual([null, null])
  expect(unexpected).toEqual([])
  for (const program of programs) {
    const answers = await Promise.all((await requestsTo(program)).map((request) => request()))
    expect(answers.map(({ ok }) => ok)).toEqual(answers.map(() => true))
  }
})

describe('a start without a usable PostgreSQL ends with 78 and one sentence that names DATABASE_URL', () => {
  const refused = async (url: string, reason: string) => {
    const { code, stderr } = await runToEnd(['local', '--database-url', url], { LOCAL_PORT: '0' })
    expect({ code, stderr }).toEqual({ code: 78, stderr: expect.stringContaining('DATABASE_URL') })
    expect(stderr).toContain(reason)
    expect(stderr).not.toContain('secret-password')
    expect(stderr.trim().split('\n')).toHaveLength(1)
  }

  test('it is down', async () => {
    await refused(`postgres://me:secret-password@127.0.0.1:${await freePort()}/app`, 'ECONNREFUSED')
  })

  test('it accepts connections and never answers', async () => {
    const sockets: Socket[] = []
    const silent = createServer((socket) => {
      sockets.push(socket.on('error', () => undefined))
    }).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const { port } = silent.address() as AddressInfo
    await refused(`postgres://me:secret-password@127.0.0.1:${port}/app`, 'timeout')
    for (const socket of sockets) socket.destroy()
    silent.close()
  })

  test('the database does not exist', async () => {
    const url = new URL(postgres.url)
    url.pathname = '/missing'
    await refused(url.href, 'database "missing" does not exist')
  })

  test('the URL cannot be parsed', () => refused('localhost/secret-password', 'is not a URL'))
})
