import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { createLocalScalekit } from '@scalekit-mcp/local'
import { Scalekit } from '@scalekit-sdk/node'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { HandOffVisitor } from '../../../test/harness/hand-off-page.js'
import { Person } from '../../../test/harness/person.js'
import { freePort, mintToken } from '../../../test/harness/program.js'
import { localEnvironment } from '../src/cli/dev.js'
import { loadConfig } from '../src/config/config.js'
import { startServer } from '../src/main.js'
import { createLog } from '../src/observe/log.js'
import { postCall, toolErrorOf } from './post-message.js'
import {
  type Answer,
  addAdministrator,
  allScopes,
  eras,
  patient,
  type ServerUnderTest,
  startServerUnderTest,
} from './server-under-test.js'

const PRD = 'env_100000000000000002'
const DEV = 'env_100000000000000001'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

interface HandOff {
  readonly id: string
  readonly url: string
  readonly expiresAt: string
}

/** The hand-off that an answer offers. */
function handOffOf({ error }: Pick<Answer, 'error'>): HandOff {
  expect(error).toMatchObject({ code: 'person_needed' })
  return (error as unknown as { handOff: HandOff }).handOff
}

async function newOrganization(name: string, environmentId = PRD): Promise<string> {
  const { organization } = await server.sdk(environmentId).organization.createOrganization(name)
  return organization?.id ?? ''
}

const open = (handOff: HandOff, email = 'admin@example.com', consent?: 'deny') =>
  new HandOffVisitor(email, consent).open(handOff.url)

const isThere = (organizationId: string, environmentId = PRD) =>
  server
    .sdk(environmentId)
    .organization.getOrganization(organizationId)
    .then(
      () => true,
      () => false,
    )

describe.each(eras)('a delete in PRD, by a client that cannot ask, over %s', (era) => {
  const remove = (organizationId: string) =>
    server.call(era, 'delete_organization', { environmentId: PRD, organizationId })

  test('waits at a page; the person types the name there, and the repeated call gives the result', async () => {
    const organizationId = await newOrganization('Fabrikam "West"')
    const handOff = handOffOf(await remove(organizationId))
    expect(handOff.url).toBe(`${new URL(server.url).origin}/hand-off/${handOff.id}`)
    expect(handOffOf(await remove(organizationId))).toEqual(handOff)
    const page = await open(handOff)
    expect(page.asksFor).toBe('Fabrikam "West"')
    for (const shown of ['delete_organization', organizationId, PRD, 'This cannot be undone']) {
      expect(page.html).toContain(shown)
    }
    const mistyped = await page.send('confirm', 'Fabrikam')
    expect(mistyped).toMatchObject({ status: 422, html: expect.stringContaining('not the name') })
    expect(await isThere(organizationId)).toBe(true)
    const done = await mistyped.send('confirm', 'Fabrikam "West"')
    expect(done.html).toContain('<h1>Done</h1>')
    expect(await isThere(organizationId)).toBe(false)
    expect((await remove(organizationId)).result).toMatchObject({ deleted: true })
    // The result was given; the next call is another.
    expect((await remove(organizationId)).error).toMatchObject({ code: 'not_found' })
    // A client that lost the response asks for it by the id.
    const again = await server.call(era, 'wait_for_hand_off', { handOffId: handOff.id })
    expect(again.result).toMatchObject({ status: 'done', result: { deleted: true } })
  })

  test('is not made where the person declines', async () => {
    const organizationId = await newOrganization('Kept')
    const handOff = handOffOf(await remove(organizationId))
    const page = await open(handOff)
    await page.send('decline')
    expect((await page.send('confirm', 'Kept')).html).toContain('Declined')
    expect((await remove(organizationId)).error).toMatchObject({ code: 'confirmation_declined' })
    expect(await isThere(organizationId)).toBe(true)
  })

  test('ends where its target is gone by the time the person decides', async () => {
    const organizationId = await newOrganization('Vanishing')
    const handOff = handOffOf(await remove(organizationId))
    const page = await open(handOff)
    await server.sdk(PRD).organization.deleteOrganization(organizationId)
    const late = await page.send('confirm', 'Vanishing')
    expect(late).toMatchObject({ status: 409, html: expect.stringContaining('Your agent is told.') })
    expect((await remove(organizationId)).error).toMatchObject({ code: 'not_found' })
  })

  test('is not made by another person, without the form of the page, or twice', async () => {
    const organizationId = await newOrganization('Guarded')
    const handOff = handOffOf(await remove(organizationId))
    // Of the other's role the authorization server refuses the scopes.
    const viewer = await open(handOff, 'viewer@example.com', 'deny')
    expect(viewer).toMatchObject({ status: 403, html: expect.stringContaining('your role does not let you') })
    const page = await open(handOff)
    const own = { ...page.fields, decision: 'confirm', name: 'Guarded' }
    expect((await page.post({ ...own, token: 'x' })).status).toBe(403)
    expect((await page.post(own, { origin: 'https://attacker.example' })).status).toBe(403)
    expect((await page.post(own, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    const stranger = await fetch(handOff.url, {
      method: 'POST',
      body: new URLSearchParams(own),
      headers: { origin: new URL(handOff.url).origin },
    })
    expect(stranger.status).toBe(401)
    expect(await isThere(organizationId)).toBe(true)
    // A second deletion would fail: the organization is gone.
    for (const { html } of await Promise.all([page.post(own), page.post(own)])) {
      expect(html).toContain('<h1>Done</h1>')
    }
    expect((await page.post(own)).html).toContain('<h1>Done</h1>')
  })

  test('is asked about again where the target has changed since the page was opened', async () => {
    const organizationId = await newOrganization('Before')
    const page = await open(handOffOf(await remove(organizationId)))
    await server.sdk(PRD).organization.updateOrganization(organizationId, { displayName: 'After' })
    const again = await page.send('confirm', 'Before')
    expect(again).toMatchObject({ status: 422, asksFor: 'After' })
    expect(await isThere(organizationId)).toBe(true)
  })
})

test('the repeated call says when it was made, because the object may have changed since', async () => {
  const organizationId = await newOrganization('Alpha')
  const args = { environmentId: PRD, organizationId, name: 'Alpha Ltd' }
  const token = await server.token()
  const call = () => postCall(server.url, token, 'update_organization', args)
  const handOff = handOffOf({ error: toolErrorOf(await call()) as Answer['error'] })
  await (await open(handOff)).send('confirm', 'Alpha')
  const { message } = await call()
  expect(message.result?.content?.[1]?.text).toMatch(/was made at 20\d\d-.*nothing was made now/)
})

describe.each(eras)('a confirmation, for a client that opens URLs and shows no forms, over %s', (era) => {
  /** The client opens the page for its person, and answers when the person is done there. */
  async function removeWith(organizationId: string, decide: (link: string) => Promise<'accept' | 'decline'>) {
    const capabilities = { elicitation: { url: {} } }
    const requestInit = { headers: { authorization: `Bearer ${await server.token()}` } }
    const answer = async (params: { mode?: string; url?: string }) => ({
      action: await decide(params.mode === 'url' ? String(params.url) : ''),
    })
    const url = new URL(server.url)
    const info = { name: 'test', version: '1' }
    const modern = new Client(info, { capabilities, versionNegotiation: { mode: 'auto' } })
    const legacy = new LegacyClient(info, { capabilities })
    if (era === '2026-07-28') {
      modern.setRequestHandler('elicitation/create', ({ params }) => answer(params))
      await modern.connect(new StreamableHTTPClientTransport(url, { requestInit }))
    } else {
      legacy.setRequestHandler(ElicitRequestSchema, ({ params }) => answer(params))
      await legacy.connect(new LegacyTransport(url, { requestInit }))
    }
    const client = era === '2026-07-28' ? modern : (legacy as unknown as Client)
    const args = { environmentId: PRD, organizationId }
    const { content } = await client.callTool({ name: 'delete_organization', arguments: args })
    await client.close()
    return JSON.parse((content as { text?: string }[])[0]?.text ?? '')
  }

  test('is given at the page, which the client opens', async () => {
    const organizationId = await newOrganization('By URL')
    const result = await removeWith(organizationId, async (link) => {
      const page = await new HandOffVisitor('admin@example.com').open(link)
      await page.send('confirm', 'By URL')
      return 'accept'
    })
    expect(result).toMatchObject({ deleted: true })
  })

  test('waits where the person has the page open only, and is over where the client declines', async () => {
    const organizationId = await newOrganization('Declined by client')
    const opened = await removeWith(organizationId, async () => 'accept')
    expect(opened.error).toMatchObject({
      code: 'person_needed',
      nextStep: 'The user has the page open: call wait_for_hand_off.',
    })
    const declined = await removeWith(organizationId, async () => 'decline')
    expect(declined.error).toMatchObject({ code: 'confirmation_declined' })
    const page = await open(opened.error.handOff)
    expect(page.html).toContain('Declined')
    expect(await isThere(organizationId)).toBe(true)
  })

  test('is asked for again by the same call after the client has declined', async () => {
    const organizationId = await newOrganization('Declined twice')
    const links: string[] = []
    for (let calls = 0; calls < 2; calls++) {
      const { error } = await removeWith(organizationId, async (link) => {
        links.push(link)
        return 'decline'
      })
      expect(error).toMatchObject({ code: 'confirmation_declined' })
    }
    expect(new Set(links).size).toBe(2)
  })
})

describe.each(eras)('a link, for a client that opens no URLs, over %s', (era) => {
  test('is created at the page and shown there only', async () => {
    const call = () =>
      server.call(era, 'generate_admin_portal_link', {
        environmentId: DEV,
        organizationId: 'org_100000000000000001',
      })
    const page = await open(handOffOf(await call()))
    const shown = await page.send('confirm')
    const link = shown.values.get('Link to the admin portal') ?? ''
    expect((await fetch(link, { redirect: 'manual' })).status).toBeLessThan(400)
    expect(shown.html).toContain('Valid until')
    const { result } = await call()
    expect(result).toMatchObject({ handedOver: true, expiresAt: expect.any(String) })
    expect(JSON.stringify(result)).not.toContain(link)
    expect(server.log.join('')).not.toContain(new URL(link).pathname)
    expect((await page.send('confirm')).html).not.toContain(link)
  })
})

describe.each(eras)('one call, however it is spelled, over %s', (era) => {
  const remove = (args: Record<string, unknown>) => server.call(era, 'delete_organization', args)

  test('waits at one page and is made once', async () => {
    const name = `Spelled over ${era}`
    const organizationId = await newOrganization(name)
    const spellings: Record<string, unknown>[] = [
      { environmentId: PRD, organizationId },
      { environmentId: 'Production', organizationId: name },
      { environment: PRD, organization: organizationId },
      { environmentId: ' production ', organization: name.toUpperCase() },
    ]
    const answers = []
    for (const spelling of spellings) answers.push(handOffOf(await remove(spelling)).id)
    expect(new Set(answers).size).toBe(1)
    const page = await open(handOffOf(await remove(spellings[1] ?? {})))
    for (const shown of [organizationId, PRD]) expect(page.html).toContain(shown)
    await page.send('confirm', name)
    // Its name means nothing any more, and the call by its name still gets the result, once.
    expect((await remove(spellings[1] ?? {})).result).toMatchObject({ deleted: true })
    for (const spelling of spellings) {
      expect((await remove(spelling)).error).toMatchObject({ code: 'not_found' })
    }
  })

  test('is the same without an optional argument, with null or with an empty text', async () => {
    const optional = [{}, { feature: null }, { feature: '' }]
    const answers = []
    for (const each of optional) {
      const args = { environmentId: DEV, organizationId: 'org_100000000000000003', ...each }
      answers.push(handOffOf(await server.call(era, 'generate_admin_portal_link', args)).id)
    }
    expect(new Set(answers).size).toBe(1)
  })
})

test('a call by a name that means another object by now waits at a page of its own', async () => {
  const one = await newOrganization('Moved name')
  const args = { environmentId: PRD, organizationId: 'Moved name' }
  const call = () => server.call('2026-07-28', 'delete_organization', args)
  const first = handOffOf(await call())
  await server.sdk(PRD).organization.updateOrganization(one, { displayName: 'Renamed' })
  const other = await newOrganization('Moved name')
  const second = handOffOf(await call())
  expect(second.id).not.toBe(first.id)
  expect((await open(first)).html).toContain(one)
  expect((await open(second)).html).toContain(other)
})

test('a call through another connection waits at a page of its own', async () => {
  const call = (environment: string) =>
    server.call('2026-07-28', 'rotate_client_secret', {}, { query: `?environment=${environment}` })
  const [dev, prd] = [handOffOf(await call(DEV)), handOffOf(await call(PRD))]
  expect(dev.id).not.toBe(prd.id)
  expect((await open(dev)).html).toContain(`<strong>Development</strong> (DEV, ${DEV})`)
  expect((await open(prd)).html).toContain(`<strong>Production</strong> (PRD, ${PRD})`)
})

test('somebody who does not sign in stores nothing: a call that was made stays made', async () => {
  const args = { environmentId: DEV, organizationId: 'org_100000000000000002' }
  const handOff = handOffOf(await server.call('2026-07-28', 'generate_admin_portal_link', args))
  const page = await open(handOff)
  await page.send('confirm')
  const visit = () => fetch(handOff.url, { redirect: 'manual' }).then(({ status }) => status)
  for (let count = 0; count < 40; count++) {
    const statuses = await Promise.all(Array.from({ length: 25 }, visit))
    expect(new Set(statuses)).toEqual(new Set([302]))
  }
  expect((await page.send('confirm')).html).toContain('<h1>Done</h1>')
})

test('a page whose call can no longer be made says so, to the agent too', async () => {
  const organizationId = await newOrganization('Gone')
  const args = { environmentId: PRD, organizationId }
  const handOff = handOffOf(await server.call('2026-07-28', 'delete_organization', args))
  await server.sdk(PRD).organization.deleteOrganization(organizationId)
  expect(await open(handOff)).toMatchObject({ status: 409, html: expect.stringContaining('Not done') })
  const { result } = await server.call('2026-07-28', 'wait_for_hand_off', { handOffId: handOff.id })
  expect(result).toMatchObject({ status: 'failed', error: { code: 'not_found' } })
})

/** Faults of the local environment. */
const control = (method: string, body?: object) =>
  fetch(`${server.local.url}/__local/faults`, {
    method,
    headers: { 'x-scalekit-local': '1', 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })

test('a sign-in that Scalekit no longer accepts is begun again, and the call still waits', async () => {
  const args = { environmentId: DEV, organizationId: 'org_100000000000000002', feature: 'sso' }
  const call = () => server.call('2026-07-28', 'generate_admin_portal_link', args)
  const handOff = handOffOf(await call())
  const page = await open(handOff)
  await control('POST', { match: { path: 'GeneratePortalLink' }, status: 401, times: 0 })
  const refused = await page.send('confirm')
  await control('DELETE')
  expect(refused).toMatchObject({ status: 401, html: expect.stringContaining('Sign in again') })
  expect((await page.send('confirm')).status).toBe(401)
  expect(handOffOf(await call())).toEqual(handOff)
  expect((await (await open(handOff)).send('confirm')).values.size).toBe(1)
  expect((await call()).result).toMatchObject({ handedOver: true })
})

test('pages that need different scopes stay open beside each other', async () => {
  const visitor = new HandOffVisitor('admin@example.com')
  const link = { environmentId: DEV, organizationId: 'org_100000000000000003' }
  const first = handOffOf(await server.call('2026-07-28', 'generate_admin_portal_link', link))
  const secret = { environmentId: DEV, clientId: 'skc_100000000000000001' }
  const second = handOffOf(await server.call('2026-07-28', 'rotate_client_secret', secret))
  const one = await visitor.open(first.url)
  const other = await visitor.open(second.url)
  expect((await one.send('confirm')).values.size).toBe(1)
  expect((await other.send('confirm')).values.size).toBe(1)
})

test('of somebody else a page shows nothing, and lets the person sign in again', async () => {
  const organizationId = await newOrganization('Private')
  const token = await server.token({ subject: await addAdministrator(server) })
  const args = { environmentId: PRD, organizationId }
  const handOff = handOffOf(await server.call('2026-07-28', 'delete_organization', args, { token }))
  const page = await open(handOff)
  expect(page).toMatchObject({ status: 403, html: expect.stringContaining('somebody else') })
  expect(page.html).toMatch(/You are signed in as usr_\d+\./)
  expect(page.html).not.toContain('Private')
  expect((await page.post({ decision: 'confirm', name: 'Private' })).status).toBe(403)
  expect(await isThere(organizationId)).toBe(true)
  const again = await fetch(`${handOff.url}?again`, { redirect: 'manual' })
  expect(new URL(again.headers.get('location') ?? '').searchParams.get('prompt')).toBe('login')
})

describe('a page says who asks and who is signed in', () => {
  const invitation = async (email: string, client_id?: string) => {
    const token = await server.token(client_id === undefined ? {} : { client_id })
    return handOffOf(await server.call('2026-07-28', 'invite_workspace_member', { email }, { token }))
  }

  test('by the host of a client that is known by its metadata document', async () => {
    const spoofed = 'https://claude.ai@evil.example/claude.ai/<b>.json'
    const { html } = await open(await invitation('spoofed@example.com', spoofed))
    expect(html).toContain('<strong>evil.example</strong>')
    expect(html).toContain('https://claude.ai@evil.example/claude.ai/&#60;b&#62;.json')
    const named = await open(await invitation('named@example.com', 'mcp_1'))
    expect(named.html).toContain('<td>mcp_1</td>')
  })

  test('by the e-mail address that Scalekit has, where the token has none', async () => {
    const page = await open(await invitation('address@example.com'))
    expect(page.html).toContain('Signed in as admin@example.com.')
  })

  test('by the subject of the token where Scalekit does not tell', async () => {
    const handOff = await invitation('subject@example.com')
    await control('POST', { match: { path: 'GetCurrentMember' }, status: 503, times: 20 })
    const page = await open(handOff)
    await control('DELETE')
    expect(page.html).toMatch(/Signed in as usr_\d+\./)
  })

  test.each([
    [{ email: 'admin@example.com', name: 'Ada' }, 'admin@example.com'],
    [{ name: 'Ada\u202e <b>\nLovelace' }, 'Ada &#60;b&#62; Lovelace'],
  ])('by what the token has: %o', async (claims, shown) => {
    const handOff = await invitation(`${shown.length}@example.com`)
    const body = JSON.stringify({ access_token: await server.token({ claims }), token_type: 'Bearer' })
    await control('POST', {
      match: { method: 'POST', path: '/resources/res_100000000000000001/oauth/token' },
      body,
    })
    const page = await open(handOff)
    expect(page.html).toContain(`Signed in as ${shown}.`)
  })
})

test('a link that nobody knows, or that was changed, opens nothing', async () => {
  const origin = new URL(server.url).origin
  for (const path of [`/hand-off/${'a'.repeat(43)}`, '/hand-off/x', '/hand-off/callback?state=x&code=y']) {
    const response = await fetch(origin + path, { redirect: 'manual' })
    expect(response.status).toBeGreaterThanOrEqual(400)
    expect(response.headers.get('location')).toBeNull()
  }
})

test('the pages are in no log', async () => {
  const organizationId = await newOrganization('Unlogged')
  const handOff = handOffOf(
    await server.call('2026-07-28', 'delete_organization', { environmentId: PRD, organizationId }),
  )
  await (await open(handOff)).send('decline')
  expect(server.log.join('')).not.toContain(handOff.id)
})

test('a page is there for as long as the person has, and the call begins again after that', async () => {
  const hasty = await startServerUnderTest({}, undefined, undefined, { ...patient, handOff: 300 })
  onTestFinished(() => hasty.close())
  const args = { environmentId: PRD, organizationId: 'org_100000000000000011' }
  const handOff = handOffOf(await hasty.call('2026-07-28', 'delete_organization', args))
  await expect.poll(async () => (await fetch(handOff.url, { redirect: 'manual' })).status).toBe(404)
  expect(handOffOf(await hasty.call('2026-07-28', 'delete_organization', args)).id).not.toBe(handOff.id)
})

describe.each(eras)('wait_for_hand_off over %s', (era) => {
  test('answers waiting when its time is over, and the call still waits', async () => {
    const hasty = await startServerUnderTest({}, undefined, undefined, { ...patient, wait: 1 })
    onTestFinished(() => hasty.close())
    const args = { environmentId: PRD, organizationId: 'org_100000000000000011' }
    const call = async () => handOffOf(await hasty.call(era, 'delete_organization', args))
    const handOff = await call()
    const waited = await hasty.call(era, 'wait_for_hand_off', { handOffId: handOff.id })
    expect(waited.result).toEqual({ status: 'waiting', tool: 'delete_organization' })
    expect(await call()).toEqual(handOff)
  })

  test('ends when its client disconnects', async () => {
    const hour = 60 * 60_000
    const lasting = await startServerUnderTest({}, undefined, undefined, { ...patient, wait: hour })
    onTestFinished(() => lasting.close())
    const args = { environmentId: PRD, organizationId: 'org_100000000000000011' }
    const { id } = handOffOf(await lasting.call(era, 'delete_organization', args))
    const introspected = () => lasting.upstreamRequests('/introspect')
    const before = await introspected()
    const client = new AbortController()
    const token = await lasting.token()
    const waiting = postCall(
      lasting.url,
      token,
      'wait_for_hand_off',
      { handOffId: id },
      { era, signal: client.signal },
    )
    // The server asks the authorization server about a new token: then it has the request.
    await expect.poll(introspected).toBeGreaterThan(before)
    client.abort()
    await expect(waiting).rejects.toThrow()
    await expect.poll(() => lasting.log.join('')).toContain('"tool":"wait_for_hand_off"')
  })
})

describe('in environment mode', () => {
  test('only an administrator of the environment opens a page', async () => {
    const port = await freePort()
    const resource = `http://localhost:${port}/mcp`
    const mcpServerId = 'res_100000000000000000'
    const local = await createLocalScalekit({ port: 0, memory: true, mcpServerUrl: resource, mcpServerId })
    onTestFinished(() => local.close())
    const settings = localEnvironment(local, resource, 'environment')
    const config = loadConfig(
      { ...settings, SCALEKIT_ENVIRONMENT_TYPE: 'PRD', PORT: String(port), AUDIT_FILE: 'none' },
      {},
    )
    const running = await startServer({ ...config, timeouts: patient }, createLog('silent'))
    onTestFinished(() => running.stop())
    const sdk = new Scalekit(`${local.url}/${DEV}`, 'skc_100000000000000001', 'test_local_secret')
    const made = await sdk.organization.createOrganization('Ended')
    const token = await mintToken(
      { localUrl: local.url },
      { subject: 'olivia@yourcompany.example', resource: mcpServerId, scopes: allScopes },
    )
    const args = { organizationId: made.organization?.id }
    const call = async () => {
      const posted = await postCall(resource, token, 'delete_organization', args)
      const result = posted.message.result as { structuredContent?: unknown }
      return { result: result.structuredContent, error: toolErrorOf(posted) as Answer['error'] }
    }
    const handOff = handOffOf(await call())
    const customer = await open(handOff, 'ana@acme.example')
    expect(customer).toMatchObject({ status: 403, html: expect.stringContaining('somebody else') })
    const page = await open(handOff, 'olivia@yourcompany.example')
    expect(page.asksFor).toBe('Ended')
    await page.send('confirm', 'Ended')
    expect((await call()).result).toMatchObject({ deleted: true })
  })
})

test('neither link nor name nor page is in the log or the audit log', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hand-off-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'audit.jsonl')
  const audited = await startServerUnderTest({ AUDIT_FILE: file })
  const args = { environmentId: DEV, organizationId: 'org_100000000000000001' }
  const call = () => audited.call('2026-07-28', 'generate_admin_portal_link', args)
  const handOff = handOffOf(await call())
  const shown = await (await open(handOff)).send('confirm')
  const link = shown.values.get('Link to the admin portal') ?? ''
  const { result } = await call()
  await audited.close()
  const records = await readFile(file, 'utf8')
  const [made] = records.split('\n').filter((line) => line.includes('"intent"'))
  expect(made).toContain('generate_admin_portal_link')
  expect(records).toContain('"place":"hand-off"')
  expect(records).toContain('"outcome":"person_needed"')
  const secret = new URL(link).pathname.split('/').at(-1) ?? ''
  expect(secret.length).toBeGreaterThan(20)
  for (const text of [records, audited.log.join(''), JSON.stringify(result)]) {
    for (const part of [secret, handOff.id]) expect(text).not.toContain(part)
  }
})

describe('the server as a client of its authorization server', () => {
  test('describes itself in a client metadata document', async () => {
    const origin = new URL(server.url).origin
    const response = await fetch(`${origin}/hand-off/client.json`)
    expect(await response.json()).toMatchObject({
      client_id: `${origin}/hand-off/client.json`,
      redirect_uris: [`${origin}/hand-off/callback`],
      grant_types: ['authorization_code'],
      token_endpoint_auth_method: 'none',
    })
  })

  test('signs people in as HAND_OFF_CLIENT_ID where that is set, with PKCE and for its own audience', async () => {
    const configured = await startServerUnderTest({ HAND_OFF_CLIENT_ID: 'mcp_registered_by_hand' })
    onTestFinished(() => configured.close())
    const args = { environmentId: PRD, organizationId: 'org_100000000000000011' }
    const handOff = handOffOf(await configured.call('2026-07-28', 'delete_organization', args))
    const response = await fetch(handOff.url, { redirect: 'manual' })
    const { searchParams } = new URL(response.headers.get('location') ?? '')
    expect(Object.fromEntries(searchParams)).toMatchObject({
      client_id: 'mcp_registered_by_hand',
      code_challenge_method: 'S256',
      resource: configured.resource,
      scope: 'organization:write',
      redirect_uri: `${new URL(configured.url).origin}/hand-off/callback`,
    })
  })

  test('says so where the authorization server is out of reach', async () => {
    const metadata = { resource: server.resource, authorization_servers: ['http://127.0.0.1:1'] }
    const alone = await startServerUnderTest(
      { PROTECTED_RESOURCE_METADATA: JSON.stringify(metadata), MCP_SERVER_ID: '' },
      undefined,
      server,
    )
    onTestFinished(() => alone.close())
    const args = { environmentId: PRD, organizationId: 'org_100000000000000011' }
    const handOff = handOffOf(await alone.call('2026-07-28', 'delete_organization', args))
    const page = await fetch(new URL(new URL(handOff.url).pathname, alone.url))
    expect(page.status).toBe(503)
    expect(await page.text()).toContain('HAND_OFF_CLIENT_ID')
  })

  test('takes no sign-in that was begun in another browser', async () => {
    const organizationId = await newOrganization('Fixed')
    const handOff = handOffOf(
      await server.call('2026-07-28', 'delete_organization', { environmentId: PRD, organizationId }),
    )
    const begun = await fetch(handOff.url, { redirect: 'manual' })
    const callback = await new Person('admin@example.com').authorize(
      new URL(begun.headers.get('location') ?? ''),
    )
    const stranger = await fetch(callback, { redirect: 'manual' })
    expect(stranger.status).toBe(400)
    expect(stranger.headers.getSetCookie()).toEqual([])
  })
})

test('odd requests to a page change nothing and get a short answer', async () => {
  const organizationId = await newOrganization('Odd')
  const handOff = handOffOf(
    await server.call('2026-07-28', 'delete_organization', { environmentId: PRD, organizationId }),
  )
  const page = await open(handOff)
  const own = { ...page.fields, decision: 'confirm', name: 'Odd' }
  const large = await page.post({ ...own, pad: 'x'.repeat(20_000) })
  const json = await page.post(own, { 'content-type': 'application/json' })
  const packed = await page.post(own, { 'content-encoding': 'gzip' })
  const nothing = await page.post({})
  for (const answer of [large, json, packed, nothing]) expect(answer.status).toBe(403)
  for (const method of ['PUT', 'DELETE', 'PATCH']) {
    expect((await fetch(handOff.url, { method })).status).toBe(404)
  }
  expect((await fetch(`${handOff.url}/`, { redirect: 'manual' })).status).toBe(404)
  expect((await fetch(handOff.url, { method: 'HEAD', redirect: 'manual' })).status).toBe(302)
  expect(await isThere(organizationId)).toBe(true)
  expect((await page.post(own)).html).toContain('<h1>Done</h1>')
})
