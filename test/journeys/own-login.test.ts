import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { toNodeHandler } from '@modelcontextprotocol/node'
import { createMcpHandler, McpServer, type ServerContext } from '@modelcontextprotocol/server'
import { callerOf, protect } from '@scalekit-mcp/auth'
import express, { urlencoded } from 'express'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { Agent } from './agent.js'
import { page } from './application.js'
import { type Environment, startEnvironment } from './environment.js'
import { launchChromium, Visitor } from './visitor.js'

/** The people of the application, which has its own sign-in. */
const ACCOUNTS: Readonly<Record<string, { sub: string; name: string; plan: string }>> = {
  'rosa@shop.example': { sub: 'account-17', name: 'Rosa Park', plan: 'gold' },
}

let environment: Environment
let browser: Browser
let app: Awaited<ReturnType<typeof startShop>>
beforeAll(async () => {
  environment = await startEnvironment()
  browser = await launchChromium()
  app = await startShop(environment)
})
afterAll(async () => {
  await browser?.close()
  await app?.stop()
  await environment?.stop()
})

/** An application with a login page of its own, and an MCP server whose tokens come from Scalekit. */
async function startShop({ api, sdk, url }: Environment) {
  const shop = express()
  const server = createServer(shop)
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`
  const { resource } = await api<{ resource: { id: string } }>('POST', '/resources', {
    ...{ name: 'Shop', resource_type: 'MCP_SERVER', resource_id: `${origin}/mcp`, scopes: ['user:read'] },
    ...{ enable_cimd: true, disable_dynamic_client_registration: false },
  })
  const { connection } = await api<{ connection: { id: string; enabled: boolean } }>(
    'POST',
    `/resources/${resource.id}/connections`,
    {},
  )
  expect(connection).toMatchObject({ id: expect.stringMatching(/^conn_/), enabled: false })
  await api('PATCH', `/resources/${resource.id}`, {
    custom_connection_settings: { authorize_uri: `${origin}/login?from=mcp` },
  })

  shop.get('/login', (request, response) => {
    const { login_request_id, state } = request.query as Record<string, string>
    const hidden = (name: string, value = '') => `<input type="hidden" name="${name}" value="${value}">`
    response.send(
      `${page('Shop', request.query)}<form method="post">${hidden('login', login_request_id)}${hidden('state', state)}
      <input name="email"><button>Continue</button></form>`,
    )
  })
  shop.post('/login', urlencoded({ extended: false }), async (request, response) => {
    const { email = '', login = '', state = '' } = request.body
    const account = ACCOUNTS[email]
    const user = account
      ? {
          ...account,
          email,
          roles: ['buyer'],
          customAttributes: { plan: account.plan, limits: { orders: 5 } },
        }
      : { loginFailed: true }
    await sdk.auth.updateLoginUserDetails(connection.id, login, user as never)
    response.redirect(`${url}/sso/v1/connections/${connection.id}/partner:callback?state=${state}`)
  })

  const scalekit = { environmentUrl: url, resourceId: resource.id }
  const tools = { account: ['user:read'] }
  const { path, tool } = protect(shop, { resource: `${origin}/mcp`, scalekit, scopes: ['user:read'], tools })
  const handler = createMcpHandler(() => {
    const mcp = new McpServer({ name: 'shop', version: '1' })
    const inputSchema = z.strictObject({})
    const account = tool('account', async (_: z.infer<typeof inputSchema>, ctx: ServerContext) => {
      const { subject, claims } = callerOf(ctx)
      return { content: [], structuredContent: { subject, claims: { ...claims } } }
    })
    mcp.registerTool('account', { description: 'The account.', inputSchema }, account)
    return mcp
  })
  const handle = toNodeHandler(handler)
  shop.post(path, (request, response) => handle(request, response, request.body))
  return {
    mcp: `${origin}/mcp`,
    connection: connection.id,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const open = async () => {
  const agent = await Agent.start(app.mcp)
  const person = await Visitor.open(browser)
  return { agent, person, url: (await agent.connect()) as URL }
}

describe('J27: people of an MCP server sign in at a page of the application', () => {
  it('and the tools see who they are there', async () => {
    const { agent, person, url } = await open()
    await agent.authorize(person, url, async () => {
      expect(await person.arrives('Shop')).toMatchObject({
        from: 'mcp',
        login_request_id: expect.stringMatching(/^lri_/),
        state: expect.any(String),
      })
      await person.typeEmail('rosa@shop.example')
      expect(await person.heading()).toBe('Allow Test client to use Shop?')
      await person.press('Allow')
    })
    expect(await agent.connect()).toBeUndefined()
    const { subject, claims } = await agent.call('account')
    expect(claims).toMatchObject({
      custom_claims: { plan: 'gold', limits: { orders: 5 }, roles: ['buyer'] },
    })
    const { user } = await environment.sdk.user.getUser(String(subject))
    expect(user).toMatchObject({ email: 'rosa@shop.example', userProfile: { name: 'Rosa Park' } })
    expect(user?.userProfile?.externalIdentities).toMatchObject([
      { connectionId: app.connection, connectionUserId: 'account-17' },
    ])
    await agent.close()
    await person.leave()
  })

  it('and go back to the client where the application does not sign them in', async () => {
    const { agent, person, url } = await open()
    const back = await agent.authorize(person, url, () => person.typeEmail('nobody@shop.example'))
    expect(back.searchParams.get('error')).toBe('access_denied')
    await agent.close()
    await person.leave()
  })

  it('and start again in the client where they took more than ten minutes', async () => {
    const { agent, person, url } = await open()
    await person.goto(url.href)
    const { login_request_id: login, state } = await person.arrives<Record<string, string>>('Shop')
    const user = { sub: 'account-17', email: 'rosa@shop.example' }
    await environment.later(601, async () => {
      await expect(
        environment.sdk.auth.updateLoginUserDetails(app.connection, String(login), user),
      ).rejects.toThrow(/start again in the MCP client/)
      await person.goto(
        `${environment.url}/sso/v1/connections/${app.connection}/partner:callback?state=${state}`,
      )
    })
    expect(await person.page.textContent('body')).toContain('took too long')
    expect(person.expectedProblems()).toEqual([expect.stringMatching(/^400 /), expect.any(String)])
    await agent.close()
    await person.leave()
  })
})
