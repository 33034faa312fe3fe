import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Program, startDev } from '../harness/program.js'
import { Agent } from './agent.js'
import { type Environment, environmentAt } from './environment.js'
import { launchChromium, Visitor } from './visitor.js'

const SERVER = 'res_100000000000000000'
const OLIVIA = 'olivia@yourcompany.example'
const SAM = 'sam@yourcompany.example'
const CLAUDE_CODE = 'https://claude.ai/oauth/claude-code-client-metadata'

let program: Program
let environment: Omit<Environment, 'stop'>
let browser: Browser
beforeAll(async () => {
  program = await startDev({ args: ['--mode', 'environment'] })
  environment = environmentAt(program.localUrl)
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  await program?.stop()
})

const issuer = () => `${environment.url}/resources/${SERVER}`

const metadata = async () =>
  (await (await fetch(`${issuer()}/.well-known/oauth-authorization-server`)).json()) as Record<
    string,
    unknown
  >

/** Somebody signs in with their address and allows what the client asks for. */
async function allow(person: Visitor, email: string): Promise<void> {
  await person.typeEmail(email)
  await person.press('Allow')
}

/** A client that Olivia has allowed, and her browser. */
async function connected(clientMetadataUrl?: string): Promise<{ agent: Agent; olivia: Visitor }> {
  const agent = await Agent.start(program.url, clientMetadataUrl)
  const olivia = await Visitor.open(browser)
  const url = await agent.connect()
  if (!url) throw new Error('the client asked nobody')
  await agent.authorize(olivia, url, () => allow(olivia, OLIVIA))
  expect(await agent.connect()).toBeUndefined()
  return { agent, olivia }
}

describe('J6: a client of an MCP server registers itself', () => {
  it('is refused with the metadata, registers, asks the person, and calls a tool', async () => {
    const refused = await fetch(program.url, { method: 'POST', body: '{}' })
    expect(refused.status).toBe(401)
    const [, metadataUrl = ''] =
      /resource_metadata="([^"]+)"/.exec(refused.headers.get('www-authenticate') ?? '') ?? []
    expect(await (await fetch(metadataUrl)).json()).toMatchObject({
      ...{ resource: program.url, authorization_servers: [issuer()], bearer_methods_supported: ['header'] },
    })

    const agent = await Agent.start(program.url)
    const olivia = await Visitor.open(browser)
    const url = await agent.connect()
    expect(url?.href.startsWith(`${issuer()}/oauth/authorize?`)).toBe(true)
    expect(agent.app.client).toMatchObject({ client_id: expect.stringMatching(/^m2m_/) })
    expect(agent.app.client).not.toHaveProperty('client_secret')
    await agent.authorize(olivia, url as URL, async () => {
      await olivia.typeEmail(OLIVIA)
      expect(await olivia.heading()).toBe('Allow Test client to use Scalekit environment?')
      await olivia.press('Allow')
    })
    expect(await agent.connect()).toBeUndefined()
    expect(await agent.call('list_organizations')).toMatchObject({ items: expect.any(Array) })
    await agent.close()
    await olivia.leave()
  })

  it('goes back to the client when the person does not allow it', async () => {
    const agent = await Agent.start(program.url)
    const olivia = await Visitor.open(browser)
    const url = await agent.connect()
    const back = await agent.authorize(olivia, url as URL, async () => {
      await olivia.typeEmail(OLIVIA)
      await olivia.press('Deny')
    })
    expect(back.searchParams.get('error')).toBe('access_denied')
    expect(await agent.connect()).toBeInstanceOf(URL)
    await agent.close()
    await olivia.leave()
  })

  it('steps up for a write, and keeps what it had', async () => {
    const { agent, olivia } = await connected()
    const before = String(agent.app.saved?.scope).split(' ')
    const url = await agent.callRefused('create_organization', { name: 'Stepped up' })
    await agent.authorize(olivia, url, async () => {
      await olivia.page.getByText('organization:write').waitFor()
      await olivia.press('Allow')
    })
    expect(String(agent.app.saved?.scope).split(' ')).toEqual(
      expect.arrayContaining([...before, 'organization:write']),
    )
    expect(await agent.connect()).toBeUndefined()
    expect(await agent.call('create_organization', { name: 'Stepped up' })).toMatchObject({
      organization: { displayName: 'Stepped up' },
    })
    await agent.close()
    await olivia.leave()
  })

  it('renews an expired token; of two calls at the same time none loses the sign-in', async () => {
    const { agent, olivia } = await connected()
    const before = agent.app.saved
    await environment.control('POST', '/clock', { advance: 3_700 })
    const calls = await Promise.allSettled([agent.call('whoami'), agent.call('list_organizations')])
    expect(calls.map(({ status }) => status)).toContain('fulfilled')
    expect(await agent.call('whoami')).toMatchObject({ clientId: agent.app.client?.client_id })
    expect(agent.app.saved?.refresh_token).not.toBe(before?.refresh_token)
    await environment.control('POST', '/clock', { advance: 3_700 })
    expect(await agent.call('whoami')).toMatchObject({ clientId: agent.app.client?.client_id })
    await agent.close()
    await olivia.leave()
  })

  it('lets a person who is no administrator switch the account', async () => {
    const agent = await Agent.start(program.url)
    const person = await Visitor.open(browser)
    const url = (await agent.connect()) as URL
    await agent.authorize(person, url, () => allow(person, SAM))
    await expect(agent.connect()).rejects.toThrow(/403/)

    delete agent.app.saved
    const again = (await agent.connect()) as URL
    again.searchParams.set('prompt', 'login')
    await agent.authorize(person, again, async () => {
      await person.typeEmail(OLIVIA)
      await person.page.getByText(OLIVIA).waitFor()
      await person.press('Allow')
    })
    expect(await agent.connect()).toBeUndefined()
    expect(await agent.call('list_organizations')).toMatchObject({ items: expect.any(Array) })
    await agent.close()
    await person.leave()
  })

  it('asks the person again when their consent is revoked', async () => {
    const { agent, olivia } = await connected()
    const clientId = String(agent.app.client?.client_id)
    const { consents } = await environment.api<{ consents: { id: string; client_id: string }[] }>(
      'GET',
      `/user_consents?resource_id=${SERVER}`,
    )
    const consent = consents.find(({ client_id }) => client_id === clientId)
    await environment.api('DELETE', `/clients/${clientId}/consents/${consent?.id}`)

    // The token may be valid until it expires; the refresh token is not.
    await environment.control('POST', '/clock', { advance: 3_700 })
    await expect(agent.call('whoami')).rejects.toThrow(/grant/)
    delete agent.app.saved
    const url = (await agent.connect()) as URL
    await agent.authorize(olivia, url, () => olivia.press('Allow'))
    expect(await agent.connect()).toBeUndefined()
    expect(await agent.call('whoami')).toMatchObject({ clientId })
    await agent.close()
    await olivia.leave()
  })
})

describe('J7: a client of an MCP server publishes its metadata', () => {
  let registration = ''
  beforeAll(async () => {
    registration = String((await metadata()).registration_endpoint)
    await environment.api('PATCH', `/resources/${SERVER}`, { disable_dynamic_client_registration: true })
  })

  it('signs in with the document of Claude Code, which is known offline', async () => {
    const agent = await Agent.start(program.url, CLAUDE_CODE)
    const olivia = await Visitor.open(browser)
    const url = (await agent.connect()) as URL
    expect(url.searchParams.get('client_id')).toBe(CLAUDE_CODE)
    await agent.authorize(olivia, url, async () => {
      await olivia.typeEmail(OLIVIA)
      expect(await olivia.heading()).toBe('Allow Claude Code to use Scalekit environment?')
      await olivia.page.getByText('claude.ai', { exact: true }).waitFor()
      await olivia.press('Allow')
    })
    expect(await agent.connect()).toBeUndefined()
    expect(await agent.call('whoami')).toMatchObject({ clientId: CLAUDE_CODE })
    await environment.control('POST', '/clock', { advance: 3_700 })
    expect(await agent.call('whoami')).toMatchObject({ clientId: CLAUDE_CODE })
    await agent.close()
    await olivia.leave()
  })

  it('refuses a client that would register itself', async () => {
    expect(await metadata()).toMatchObject({ client_id_metadata_document_supported: true })
    expect(await metadata()).not.toHaveProperty('registration_endpoint')
    const refused = await fetch(registration, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ redirect_uris: ['http://127.0.0.1:33418/callback'] }),
    })
    expect(refused.status).toBe(403)
    expect(await refused.json()).toMatchObject({ error: 'registration_not_supported' })
    const agent = await Agent.start(program.url)
    await expect(agent.connect()).rejects.toThrow(/registration/)
    await agent.close()
  })

  it('shows the person why a document cannot be read', async () => {
    const agent = await Agent.start(program.url, 'https://client.invalid/metadata.json')
    const olivia = await Visitor.open(browser)
    await olivia.goto(((await agent.connect()) as URL).href)
    expect(await olivia.page.textContent('body')).toContain('invalid_client_metadata_url')
    expect(olivia.expectedProblems()).toEqual([expect.stringMatching(/^400 /), expect.any(String)])
    await agent.close()
    await olivia.leave()
  })
})
