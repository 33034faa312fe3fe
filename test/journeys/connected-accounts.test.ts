import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Application, startApplication } from './application.js'
import { ENVIRONMENT, type Environment, startEnvironment } from './environment.js'
import { receiveWebhooks } from './hooks.js'
import { launchChromium, Visitor } from './visitor.js'

let environment: Environment
let app: Application
let browser: Browser
/** Who is signed in at the application, and what its page for returning users gets. */
let identifier = ''
beforeAll(async () => {
  environment = await startEnvironment()
  app = await startApplication(environment)
  // Where the application gets a user back who has connected an account: it compares state, and says who that is.
  app.routes.get('/accounts/verify', async (request, response) => {
    const { auth_request_id: authRequestId, state } = request.query as Record<string, string>
    if (state !== `state-of-${identifier}`) return response.status(400).json({})
    const { actions } = environment.sdk
    const verified = await actions.verifyConnectedAccountUser({
      authRequestId: authRequestId ?? '',
      identifier,
    })
    response.redirect(verified.postUserVerifyRedirectUrl)
  })
  browser = await launchChromium()
})
beforeEach(async () => {
  await environment.control('POST', '/reset')
  identifier = ''
})
afterAll(async () => {
  await browser?.close()
  await app?.stop()
  await environment?.stop()
})

const call = (toolName: string, toolInput: Record<string, string> = {}) =>
  environment.sdk.actions.executeTool({ toolName, toolInput, identifier })

describe('an agent that acts on behalf of a user', () => {
  it('gets the tools of a mailbox when its user has connected it, and gets an event', async () => {
    const hook = await receiveWebhooks(environment, app)
    const { actions, tools } = environment.sdk
    identifier = 'user-1'
    await actions.getOrCreateConnectedAccount({ connectionName: 'gmail', identifier })
    expect((await tools.listScopedTools(identifier, { filter: {} })).tools).toEqual([])
    await expect(call('gmail_fetch_mails')).rejects.toThrow(/PENDING_AUTH/)

    const { link } = await actions.getAuthorizationLink({ connectionName: 'gmail', identifier })
    const user = await Visitor.open(browser)
    await user.goto(link)
    await user.shows('Allow access to Gmail?')
    await user.page.getByLabel('Account').fill('user@gmail.example')
    await user.press('Allow')
    await user.shows('Account connected')
    await user.leave()
    const changed = await hook.until(({ type }) => type === 'connected_account.status_updated')
    expect(changed.body.data).toMatchObject({ identifier, old_status: 'PENDING_AUTH', status: 'ACTIVE' })

    const { tools: scoped } = await tools.listScopedTools(identifier, { filter: { providers: ['GMAIL'] } })
    const [first] = scoped
    expect(first?.tool?.definition).toMatchObject({
      name: 'gmail_create_draft',
      input_schema: { type: 'object' },
    })
    const sent = { to: 'ben@acme.example', subject: 'Hello', body: 'From the agent' }
    const { data, executionId } = await call('gmail_send_message', sent)
    expect(data).toMatchObject({ to: 'ben@acme.example', subject: 'Hello' })
    expect(await environment.api('GET', `/agentkit/tool_call_logs/${executionId}`)).toMatchObject({
      ...{ tool_name: 'gmail_send_message', identifier, status: 'SUCCESS' },
    })
    // What no tool does, the application asks the API of the provider itself.
    const path = '/gmail/v1/users/me/profile'
    const profile = await actions.request({ connectionName: 'gmail', identifier, path })
    expect(profile.data).toMatchObject({ emailAddress: identifier })
  })

  it('waits for the application where that verifies its users', async () => {
    await environment.control('PUT', `/user-verification/${ENVIRONMENT}`, { mode: 'custom' })
    identifier = 'user-2'
    const { link } = await environment.sdk.actions.getAuthorizationLink({
      ...{ connectionName: 'slack', identifier, state: `state-of-${identifier}` },
      userVerifyUrl: `${app.origin}/accounts/verify`,
    })
    const user = await Visitor.open(browser)
    await user.goto(link)
    await user.press('Allow')
    await user.shows('Account connected')
    await user.leave()
    expect((await call('slack_send_message', { channel: '#general', text: 'Hi' })).data).toMatchObject({
      ok: true,
    })
  })

  it('explains a denied consent and a link that was used, and asks for a key with a form', async () => {
    identifier = 'user-3'
    const { actions } = environment.sdk
    const { link } = await actions.getAuthorizationLink({ connectionName: 'gmail', identifier })
    const user = await Visitor.open(browser)
    await user.goto(link)
    await user.press('Deny')
    await user.shows('The account is not connected')
    await user.goto(link)
    await user.shows('This link does not connect an account')
    expect(user.expectedProblems().length).toBeGreaterThanOrEqual(2)
    const form = await actions.getAuthorizationLink({ connectionName: 'exa', identifier })
    await user.goto(form.link)
    await user.press('Connect')
    expect(await user.alert()).toBe('Fill in: API key.')
    user.expectedProblems()
    await user.page.getByLabel('API key').fill('exa-key')
    await user.press('Connect')
    await user.shows('Account connected')
    await user.leave()
    expect((await call('exa_search', { query: 'robots' })).data).toHaveProperty('results')
  })
})
