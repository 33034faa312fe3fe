import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Environment, startEnvironment } from './environment.js'
import { launchChromium, Visitor } from './visitor.js'

interface Config {
  readonly id: string
  readonly mcp_server_url: string
}
interface AccountState {
  readonly connection_name: string
  readonly connected_account_id: string
  readonly connected_account_status: string
  readonly authentication_link: string
}

let environment: Environment
let browser: Browser
beforeAll(async () => {
  environment = await startEnvironment()
  browser = await launchChromium()
})
beforeEach(() => environment.control('POST', '/reset'))
afterAll(async () => {
  await browser?.close()
  await environment?.stop()
})

/** The developer gives an agent two connections, and of each a few tools. */
async function createConfig(name: string): Promise<Config> {
  const connection_tool_mappings = [
    { connection_name: 'gmail', tools: ['gmail_fetch_mails', 'gmail_send_message'] },
    { connection_name: 'exa', tools: ['exa_search'] },
  ]
  const body = { name, connection_tool_mappings }
  return (await environment.api<{ config: Config }>('POST', '/mcp/configs', body)).config
}

async function accountsOf(config: Config, identifier: string): Promise<readonly AccountState[]> {
  const body = { identifier, include_auth_link: true }
  const path = `/mcp/configs/${config.id}/connected_accounts`
  const { connected_accounts } = await environment.api<{ connected_accounts: AccountState[] }>(
    'POST',
    path,
    body,
  )
  return connected_accounts
}

async function sessionFor(config: Config, identifier: string, more: object = {}): Promise<string> {
  const body = { identifier, expiry: '3600s', ...more }
  return (await environment.api<{ token: string }>('POST', `/mcp/configs/${config.id}/tokens`, body)).token
}

/** The user opens a link that the application shows, and connects the account behind it. */
async function connect({ connection_name, authentication_link }: AccountState): Promise<void> {
  const user = await Visitor.open(browser)
  await user.goto(authentication_link)
  if (connection_name === 'exa') {
    await user.page.getByLabel('API key').fill('exa-key')
    await user.press('Connect')
  } else {
    await user.press('Allow')
  }
  await user.shows('Account connected')
  await user.leave()
}

/** An agent of any host: the official client with the URL of the server and a token. */
async function startAgent(url: string, token: string): Promise<Client> {
  const agent = new Client({ name: 'agent', version: '1' }, { versionNegotiation: { mode: 'auto' } })
  const requestInit = { headers: { authorization: `Bearer ${token}` } }
  await agent.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }))
  return agent
}

const namesOf = async (agent: Client) => (await agent.listTools()).tools.map(({ name }) => name)
const mailsOf = async (agent: Client) => {
  const { structuredContent } = await agent.callTool({ name: 'gmail_fetch_mails', arguments: {} })
  return (structuredContent as { messages: { to: string }[] }).messages.map(({ to }) => to)
}

describe('an agent that gets the tools of a user over MCP', () => {
  it('starts when the user has connected every account, and calls what the configuration maps', async () => {
    const config = await createConfig('assistant')
    const identifier = 'ana'
    await expect(sessionFor(config, identifier)).rejects.toThrow(/no active connected account at gmail, exa/)
    const [mailbox, search] = await accountsOf(config, identifier)
    await connect(mailbox as AccountState)
    await expect(sessionFor(config, identifier)).rejects.toThrow(/no active connected account at exa/)
    await connect(search as AccountState)
    const states = (await accountsOf(config, identifier)).map((state) => state.connected_account_status)
    expect(states).toEqual(['ACTIVE', 'ACTIVE'])

    const agent = await startAgent(config.mcp_server_url, await sessionFor(config, identifier))
    expect(await namesOf(agent)).toEqual(['gmail_fetch_mails', 'gmail_send_message', 'exa_search'])
    const message = { to: 'ben@acme.example', subject: 'Hello', body: 'From the agent' }
    const sent = await agent.callTool({ name: 'gmail_send_message', arguments: message })
    expect(sent.structuredContent).toMatchObject({ to: 'ben@acme.example', label_ids: ['SENT'] })
    await expect(agent.callTool({ name: 'gmail_create_draft', arguments: message })).rejects.toThrow(
      /Unknown tool/,
    )
    await agent.close()
    const { tool_call_logs } = await environment.api('GET', '/agentkit/tool_call_logs')
    expect(tool_call_logs).toMatchObject([{ tool_name: 'gmail_send_message', identifier, source: 'mcp' }])

    const session = await sessionFor(config, identifier, { access_level: 'READ_ONLY' })
    const reader = await startAgent(config.mcp_server_url, session)
    expect(await namesOf(reader)).toEqual(['gmail_fetch_mails', 'exa_search'])
    await expect(reader.callTool({ name: 'gmail_send_message', arguments: message })).rejects.toThrow(
      /Unknown tool/,
    )
    await reader.close()
    const other = await createConfig('other')
    await expect(startAgent(other.mcp_server_url, session)).rejects.toThrow()
  })

  it('never sees another user, and stops when the account or the configuration is deleted', async () => {
    const config = await createConfig('assistant')
    const agents: Client[] = []
    for (const identifier of ['ana', 'ben']) {
      for (const account of await accountsOf(config, identifier)) await connect(account)
      agents.push(await startAgent(config.mcp_server_url, await sessionFor(config, identifier)))
    }
    const [anas, bens] = agents as [Client, Client]
    expect(new Set(await mailsOf(anas))).toEqual(new Set(['ana']))
    expect(new Set(await mailsOf(bens))).toEqual(new Set(['ben']))
    await environment.sdk.actions.deleteConnectedAccount({ connectionName: 'gmail', identifier: 'ben' })
    await expect(mailsOf(bens)).rejects.toThrow()
    await expect(namesOf(bens)).rejects.toThrow()
    await expect(sessionFor(config, 'ben')).rejects.toThrow(/no active connected account at gmail/)
    expect(new Set(await mailsOf(anas))).toEqual(new Set(['ana']))
    await environment.api('DELETE', `/mcp/configs/${config.id}`)
    await expect(mailsOf(anas)).rejects.toThrow()
    for (const agent of agents) await agent.close()
  })
})
