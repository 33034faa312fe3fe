import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Scalekit } from '@scalekit-sdk/node'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createLocalScalekit, type LocalScalekit } from '../../src/index.js'
import { hashSecret } from '../../src/storage/secret-hash.js'
import { emptyStorage } from '../empty-storage.js'

const DEV = 'env_100000000000000001'
const DIRECTORY = 'dir_100000000000000001'
const ACME = 'org_100000000000000001'
const SECRET = 'the_secret_of_the_directory'

interface Received {
  headers: IncomingHttpHeaders
  body: string
}

let local: LocalScalekit
let receiver: Server
let received: Received[]
let arrived: () => void
let answers: number[]
let sdk: Scalekit
beforeAll(async () => {
  local = await createLocalScalekit({ ...(await emptyStorage()), port: 0 })
  sdk = new Scalekit(`${local.url}/${DEV}`, 'skc_100000000000000001', 'test_local_secret')
  receiver = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    received.push({ headers: request.headers, body })
    response.writeHead(answers.shift() ?? 200).end()
    arrived()
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
})
beforeEach(async () => {
  await local.reset()
  const secrets = JSON.stringify([{ id: 'sec_1', hash: hashSecret(SECRET), status: 'ACTIVE' }])
  await local.database.db
    .updateTable('directories')
    .set({ secrets, enabled: 1 })
    .where('id', '=', DIRECTORY)
    .execute()
  received = []
  answers = []
})
afterAll(async () => {
  receiver.close()
  await local.close()
})

async function control(path: string, method = 'GET', body?: unknown) {
  const response = await fetch(`${local.url}/__local/${path}`, {
    method,
    headers: { 'x-scalekit-local': '1', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: (await response.json()) as Record<string, never> }
}

/** Registers the receiver, and gives the secret. */
async function listen(): Promise<string> {
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`
  const { body } = await control('webhooks', 'POST', { environment: DEV, url })
  return String(body.secret)
}

async function scim(method: string, path: string, body: unknown): Promise<{ id: string }> {
  const response = await fetch(`${local.url}/${DEV}/directories/${DIRECTORY}/scim/v2${path}`, {
    method,
    headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/scim+json' },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  expect(response.status, text).toBeLessThan(300)
  return text === '' ? { id: '' } : JSON.parse(text)
}

async function arrivals(count: number): Promise<Received[]> {
  while (received.length < count) {
    await new Promise<void>((resolve) => {
      arrived = resolve
    })
  }
  return received
}

const ana = {
  userName: 'ana@acme.example',
  externalId: '00u1',
  name: { givenName: 'Ana', familyName: 'Almeida' },
}

describe('a webhook', () => {
  it('tells what a directory sent, signed so that the official SDK verifies it', async () => {
    const secret = await listen()
    const { id } = await scim('POST', '/Users', ana)
    const [first] = await arrivals(1)
    const { headers = {}, body = '' } = first ?? {}
    expect(sdk.verifyWebhookPayload(secret, headers as Record<string, string>, body)).toBe(true)
    expect(() => sdk.verifyWebhookPayload(secret, headers as Record<string, string>, `${body} `)).toThrow()
    const event = JSON.parse(body)
    expect(event).toMatchObject({
      spec_version: '1',
      id: headers['webhook-id'],
      type: 'organization.directory.user_created',
      object: 'DirectoryUser',
      environment_id: DEV,
      organization_id: ACME,
      data: { id, dp_id: '00u1', given_name: 'Ana', active: true, preferred_username: 'ana@acme.example' },
    })
    expect(Number.isNaN(Date.parse(event.occurred_at))).toBe(false)
  })

  it('goes to no URL with credentials, which no request can be sent to', async () => {
    const url = 'http://user:pw@localhost:9/hook'
    const { status, body } = await control('webhooks', 'POST', { environment: DEV, url })
    expect([status, JSON.stringify(body)]).toEqual([400, expect.stringContaining('leave out the user name')])
    const asked = { environment: DEV, trigger_point: 'PRE_SIGNUP', api_url: url, timeout_ms: 5 }
    const interceptor = JSON.stringify((await control('interceptors', 'POST', asked)).body)
    expect(interceptor).toContain('leave out the user name')
    expect(interceptor).toContain('timeout_ms: must be at least 100')
  })

  it('to many endpoints that are down makes no noise', async () => {
    const warnings: Error[] = []
    const note = (warning: Error) => warnings.push(warning)
    process.on('warning', note)
    for (let count = 0; count < 4; count++)
      await control('webhooks', 'POST', { environment: DEV, url: `http://127.0.0.1:1/down${count}` })
    for (let count = 0; count < 6; count++) await sdk.organization.createOrganization(`Customer ${count}`)
    // Node emits a warning in the next tick.
    await new Promise(setImmediate)
    process.off('warning', note)
    expect(warnings).toEqual([])
  })

  it('comes for every change of users and groups, and not for what failed', async () => {
    await listen()
    const user = await scim('POST', '/Users', ana)
    const group = await scim('POST', '/Groups', { displayName: 'Engineers', members: [{ value: user.id }] })
    await expect(scim('POST', '/Users', ana)).rejects.toThrow()
    await scim('PUT', `/Users/${user.id}`, { ...ana, active: false })
    await scim('PUT', `/Groups/${group.id}`, { displayName: 'Everybody' })
    await scim('DELETE', `/Groups/${group.id}`, {})
    await scim('DELETE', `/Users/${user.id}`, {})
    const types = (await arrivals(8)).map(({ body }) =>
      JSON.parse(body).type.replace('organization.directory.', ''),
    )
    expect(types.sort()).toEqual(
      [
        'user_created',
        'group_created',
        'user_updated',
        // Deactivated, and deleted later.
        'user_deleted',
        'user.organization_membership_deleted',
        'group_updated',
        'group_deleted',
        'user_deleted',
      ].sort(),
    )
  })

  it('is sent again until it is taken, with the same id', async () => {
    answers = [500, 302]
    await listen()
    await scim('POST', '/Users', ana)
    const ids = (await arrivals(3)).map(({ headers }) => headers['webhook-id'])
    expect(new Set(ids).size).toBe(1)
  })

  it('is given up after three retries, and the control says how it went', async () => {
    answers = [500, 500, 500, 500]
    await listen()
    await scim('POST', '/Users', ana)
    await arrivals(4)
    let statuses: number[] = []
    while (statuses.length < 4) {
      const { deliveries } = (await control('webhooks')).body as unknown as {
        deliveries: { status: number }[]
      }
      statuses = deliveries.map(({ status }) => status)
    }
    expect(statuses).toEqual([500, 500, 500, 500])
  })

  it('is in the outbox, also when nobody listens', async () => {
    await scim('POST', '/Users', ana)
    const { messages } = (await control('outbox')).body as unknown as { messages: unknown[] }
    expect(messages).toMatchObject([
      {
        kind: 'webhook',
        to: 'no endpoint',
        subject: 'organization.directory.user_created',
        environment: DEV,
      },
    ])
  })
})

describe('the endpoints of webhooks', () => {
  it('are listed without their secrets, and removed', async () => {
    const secret = await listen()
    const { body } = await control('webhooks')
    expect(JSON.stringify(body)).not.toContain(secret)
    const [endpoint] = body.endpoints as unknown as { id: string }[]
    expect((await control(`webhooks/${endpoint?.id}`, 'DELETE')).status).toBe(200)
    expect((await control(`webhooks/${endpoint?.id}`, 'DELETE')).status).toBe(404)
    expect((await control('webhooks')).body).toEqual({ endpoints: [], deliveries: [] })
  })

  it.each([
    [{ url: 'http://localhost:1' }],
    [{ environment: DEV, url: 'file:///etc/passwd' }],
    [{ environment: DEV, url: 'http://localhost:1', secret: 'short' }],
  ])('are refused when they are %j', async (body) => {
    expect((await control('webhooks', 'POST', body)).status).toBe(400)
  })

  it.each(['workspace', 'env_9'])(
    'and interceptors are of an environment, which %s is not',
    async (environment) => {
      expect((await control('webhooks', 'POST', { environment, url: 'http://localhost:1' })).status).toBe(404)
      const interceptor = { environment, api_url: 'http://localhost:1', trigger_point: 'PRE_SIGNUP' }
      expect((await control('interceptors', 'POST', interceptor)).status).toBe(404)
    },
  )
})
