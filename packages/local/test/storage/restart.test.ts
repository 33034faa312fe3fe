import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Scalekit } from '@scalekit-sdk/node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLocalScalekit, type LocalScalekit } from '../../src/index.js'

const DEV = 'env_100000000000000001'
const ACME = 'org_100000000000000001'
const RECORD = { name: '_scalekit.acme.example', value: 'proof' }

let data = ''
let local: LocalScalekit
let receiver: Server
let received: { id: string; headers: Record<string, string>; body: string }[]
/** Whether the receiver answers. */
let answering: boolean
let arrived: () => void

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'local-restart-'))
  local = await createLocalScalekit({ data, port: 0 })
  received = []
  answering = true
  arrived = () => {}
  receiver = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const headers = request.headers as Record<string, string>
    received.push({ id: headers['webhook-id'] ?? '', headers, body })
    if (answering) response.end()
    arrived()
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  receiver.closeAllConnections()
  receiver.close()
  await local.close()
  await rm(data, { recursive: true })
})

async function restart(): Promise<void> {
  const { port } = local
  await local.close()
  local = await createLocalScalekit({ data, port })
}

async function control(path: string, method = 'GET', body?: unknown) {
  const response = await fetch(`${local.url}/__local/${path}`, {
    method,
    headers: { 'x-scalekit-local': '1', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  expect(response.status).toBe(200)
  return (await response.json()) as Record<string, never>
}

const hook = () => `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`
const sdk = () => new Scalekit(`${local.url}/${DEV}`, 'skc_100000000000000001', 'test_local_secret')

async function arrivals(count: number) {
  while (received.length < count)
    await new Promise<void>((resolve) => {
      arrived = resolve
    })
  return received
}

/** Registers one of each, and sends an invitation. */
async function prepare() {
  const { secret } = await control('webhooks', 'POST', { environment: DEV, url: hook() })
  const trigger = { trigger_point: 'PRE_SIGNUP', api_url: hook() }
  await control('interceptors', 'POST', { environment: DEV, ...trigger })
  await control('dns', 'POST', RECORD)
  await control(`user-management/${DEV}`, 'PATCH', { block_disposable_email_domains: true })
  await sdk().user.createUserAndMembership(ACME, { email: 'new@acme.example', sendInvitationEmail: true })
  return String(secret)
}

async function state() {
  const [webhooks, interceptors, dns, users, outbox] = await Promise.all(
    ['webhooks', 'interceptors', 'dns', `user-management/${DEV}`, 'outbox'].map((path) => control(path)),
  )
  return {
    ...{ endpoints: webhooks?.endpoints, interceptors: interceptors?.interceptors, dns: dns?.records },
    ...{ users, messages: outbox?.messages as undefined | { kind: string; link?: string }[] },
  }
}

describe('a restart with a data folder', () => {
  it('keeps endpoints, interceptors, DNS records, settings and the outbox', async () => {
    const secret = await prepare()
    await arrivals(1)
    const before = await state()
    await restart()
    expect(await state()).toEqual(before)
    expect(before).toMatchObject({ endpoints: [{ url: hook() }], interceptors: [{ api_url: hook() }] })
    expect(before).toMatchObject({ dns: [RECORD], users: { block_disposable_email_domains: true } })

    const link = before.messages?.find(({ kind }) => kind === 'email')?.link ?? ''
    expect((await fetch(link, { redirect: 'manual' })).status).toBeLessThan(400)
    const count = received.length
    await sdk().organization.createOrganization('After the restart')
    const last = (await arrivals(count + 1)).at(-1)
    expect(sdk().verifyWebhookPayload(secret, last?.headers ?? {}, last?.body ?? '')).toBe(true)
  })

  it('goes on with a webhook that its endpoint has not accepted, and replays it later', async () => {
    await control('webhooks', 'POST', { environment: DEV, url: hook() })
    answering = false
    await sdk().organization.createOrganization('Before the restart')
    const [first] = await arrivals(1)
    await local.close()
    answering = true
    local = await createLocalScalekit({ data, port: 0 })
    const [, second] = await arrivals(2)
    expect(second).toMatchObject({ id: first?.id, body: first?.body })

    await restart()
    await control(`webhooks/events/${first?.id}/replay`, 'POST')
    const [, , third] = await arrivals(3)
    expect(third).toMatchObject({ id: first?.id, body: first?.body })
  })

  it('has no secret, code or link in the files', async () => {
    const secret = await prepare()
    const { messages = [] } = await state()
    const files = await Promise.all((await readdir(data)).map((name) => readFile(join(data, name), 'latin1')))
    const bytes = files.join('')
    expect(bytes).toContain('new@acme.example')
    expect(bytes).not.toContain(secret)
    for (const { link = secret } of messages) expect(bytes).not.toContain(link)
  })
})

it('a snapshot includes them, and a reset deletes them', async () => {
  await prepare()
  await arrivals(1)
  const before = await state()
  await control('snapshots/one', 'POST')
  await control('reset', 'POST')
  expect(await state()).toMatchObject({ endpoints: [], interceptors: [], dns: [], messages: [] })
  await control('snapshots/one/restore', 'PUT')
  expect(await state()).toEqual(before)
})
