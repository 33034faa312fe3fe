import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createLocalScalekit, type LocalScalekit } from '../../src/index.js'
import { emptyStorage } from '../empty-storage.js'
import { Browser } from './browser.js'
import { application, CALLBACK, DEV } from './sso-client.js'

let local: LocalScalekit
let app: ReturnType<typeof application>
beforeAll(async () => {
  local = await createLocalScalekit({ ...(await emptyStorage()), port: 0 })
  app = application(local.url)
})
beforeEach(() => local.reset())
afterAll(() => local.close())

interface Message {
  kind: string
  to: string
  code: string
  link: string
  environment: string
}

/** The e-mails. Webhooks come when the environment next looks for events. */
async function outbox(): Promise<Message[]> {
  const response = await fetch(`${local.url}/__local/outbox`, { headers: { 'x-scalekit-local': '1' } })
  const { messages } = (await response.json()) as { messages: Message[] }
  return messages.filter(({ kind }) => kind === 'email')
}

async function control(path: string, method: string, body?: unknown): Promise<void> {
  await fetch(`${local.url}/__local/${path}`, {
    method,
    headers: { 'x-scalekit-local': '1', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

/** Asks for a code for Ana, and gives it. */
async function ask() {
  const at = await app.start({})
  const asked = await at.browser.submit(at.url, at.page, { email: 'ana@acme.example', way: 'email' })
  expect(asked.page).toContain('Check your e-mail')
  const [message] = (await outbox()).slice(-1)
  const request = /name="request" value="([^"]+)"/.exec(asked.page ?? '')?.[1] ?? ''
  const enter = (code: string, page = asked.page ?? '') =>
    at.browser.submit(at.url, page, { email: 'ana@acme.example', request, code })
  return { ...at, asked, message: message as Message, enter }
}

describe('signing in by e-mail', () => {
  it('takes the code that is in the outbox, once', async () => {
    const { message, enter, verifier } = await ask()
    expect(message).toMatchObject({
      to: 'ana@acme.example',
      environment: DEV,
      code: expect.stringMatching(/^\d{6}$/),
    })
    const end = await enter(message.code)
    expect((await app.finish(end.url, verifier)).id).toMatchObject({ email: 'ana@acme.example' })
  })

  it('shows the page for the code again when it is reloaded, also after a wrong code', async () => {
    const { asked, message, enter, browser, verifier } = await ask()
    expect((await browser.follow(asked.url)).page).toContain('Check your e-mail')
    expect((await new Browser().follow(asked.url)).response.status).toBe(400)
    const refused = await enter(message.code === '000000' ? '000001' : '000000')
    const again = await browser.follow(refused.url)
    expect(again.page).toContain('Check your e-mail')
    const end = await enter(message.code, again.page)
    expect((await app.finish(end.url, verifier)).id).toMatchObject({ email: 'ana@acme.example' })
    expect(await outbox()).toHaveLength(1)
  })

  it('takes the link, in the browser that asked for it', async () => {
    const { message, browser, verifier } = await ask()
    expect((await new Browser().follow(message.link)).response.status).toBe(400)
    // What another browser opened is not used up.
    const end = await browser.follow(message.link)
    expect((await app.finish(end.url, verifier)).id).toMatchObject({ email: 'ana@acme.example' })
  })

  it('takes no wrong code, and after five of them not the right one either', async () => {
    const { message, enter } = await ask()
    const wrong = message.code === '000000' ? '000001' : '000000'
    let { page } = await enter(wrong)
    expect(page).toContain('The code is wrong')
    for (const _ of [2, 3, 4, 5]) page = (await enter(wrong, page)).page
    const late = await enter(message.code, page)
    expect(late.response.status).toBe(422)
    expect(late.page).toContain('The code is wrong, was used, or has expired.')
  })

  it('takes no code after five minutes, and none that was sent for another sign-in', async () => {
    const first = await ask()
    const second = await ask()
    const crossed = await second.browser.submit(second.url, second.asked.page ?? '', {
      email: 'ana@acme.example',
      request: /name="request" value="([^"]+)"/.exec(first.asked.page ?? '')?.[1] ?? '',
      code: first.message.code,
    })
    expect(crossed.response.status).toBe(422)
    await control('clock', 'POST', { advance: 301 })
    expect((await second.enter(second.message.code, crossed.page)).response.status).toBe(422)
  })

  it('is offered where a passwordless connection is enabled', async () => {
    const at = await app.start({})
    expect(at.page).toContain('E-mail me a code')
    await local.database.db.updateTable('connections').set({ enabled: 0 }).execute()
    const without = await app.start({})
    expect(without.page).not.toContain('E-mail me a code')
    const forced = await without.browser.submit(without.url, without.page, {
      email: 'ana@acme.example',
      way: 'email',
    })
    expect(forced.response.status).toBe(422)
  })

  it('asks who belongs to several organizations which one it is', async () => {
    const at = await app.start({})
    await at.browser.submit(at.url, at.page, { email: 'chi@globex.example', way: 'email' })
    const [message] = await outbox()
    const question = await at.browser.follow(message?.link ?? '')
    expect(question.page).toContain('Choose an organization')
    const end = await at.browser.submit(at.url, question.page ?? '', {
      person: 'usr_100000000000000103',
      organization: 'org_100000000000000002',
    })
    expect(end.url.startsWith(CALLBACK)).toBe(true)
  })
})

describe('the outbox', () => {
  it('is shown by address, on the dashboard, and cleared', async () => {
    const { message } = await ask()
    const elsewhere = await fetch(`${local.url}/__local/outbox?to=ben@acme.example`, {
      headers: { 'x-scalekit-local': '1' },
    })
    expect(await elsewhere.json()).toEqual({ messages: [] })
    const browser = new Browser()
    const { url, page = '' } = await browser.follow(`${local.url}/dashboard/outbox`)
    expect(page).toContain(message.code)
    expect(page).toContain(`href="${message.link}"`)
    expect((await browser.submit(url, page, { action: 'clear' })).page).toContain('Nothing yet')
    await ask()
    await control('outbox', 'DELETE')
    expect(await outbox()).toEqual([])
  })

  it('is the only place that has the code and the link', async () => {
    const { message } = await ask()
    const dump = JSON.stringify(
      await local.database.db.selectFrom('passwordless_requests').selectAll().execute(),
    )
    const requests = await fetch(`${local.url}/__local/requests`, { headers: { 'x-scalekit-local': '1' } })
    const secret = new URL(message.link).searchParams.get('link_token') ?? ''
    for (const text of [dump, await requests.text()]) {
      expect(text).not.toContain(secret)
      expect(text).not.toContain(`"${message.code}"`)
    }
  })
})
